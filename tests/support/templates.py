"""An undefined variable in a template of ours is an error, not an empty place on the page."""

import inspect
from pathlib import Path

from django.template.base import Node

from config.addresses import PROJECT_DIR

TEMPLATES = PROJECT_DIR / "templates"


class UndefinedVariableError(Exception):
    """A template used a variable that its context does not have."""


class UndefinedVariable(str):
    """For the ``string_if_invalid`` option: raises where a template of ours fills in an undefined variable.

    Django's own templates, those of its admin above all, count on undefined variables being empty.
    """

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        # Django fills the variable's name in where the option holds a place for it.
        return part == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        template = _template_rendered_now()
        if template is not None and TEMPLATES in template.parents:
            raise UndefinedVariableError(f"{name} in {template.relative_to(TEMPLATES)}")
        return ""


def _template_rendered_now() -> Path | None:
    frame = inspect.currentframe()
    while frame is not None:
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None) if isinstance(node, Node) else None
        if origin is not None:
            return Path(origin.name)
        frame = frame.f_back
    return None
