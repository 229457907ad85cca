"""What is stored about people: who they are, where they are signed in, and the mail that goes out to them."""

from .mail import Mail
from .people import Post, User
from .sign_in import SignIn

__all__ = ["Mail", "Post", "SignIn", "User"]
