"""Pages of a person's own account, and the page for a form whose protection has run out."""

from .sign_in import csrf_failure

__all__ = ["csrf_failure"]
