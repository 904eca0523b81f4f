"""Forms over parts of YAML files: fill them, read them, act on their rows."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound
from app.courses.authoring import queries as drafts
from app.courses.editing import fields
from app.courses.editing.fields import Field
from app.courses.editing.queries import Work


@dataclass(slots=True)
class Tree:
    """A form as it stands on the page. ``values`` are as the form shows them (``fields.as_rows``)."""

    fields: Sequence[Field]
    values: dict[str, Any]
    #: The version of the file that the form was filled from.
    version: int
    #: Which row was touched by a button, for the focus.
    touched: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """The values as a file says them."""
        return fields.as_values(self.fields, self.values)

    def content_after(self, before: dict[str, Any]) -> dict[str, Any]:
        """The same, written as the file before wrote it."""
        return fields.as_said(self.fields, self.content, before)


def filled(specs: Sequence[Field], values: dict[str, Any], version: int) -> Tree:
    """The form as the file has it."""
    return Tree(specs, fields.as_rows(specs, deepcopy(values)), version)


def posted(specs: Sequence[Field]) -> Tree:
    """The form as it came back."""
    values = fields.read(specs, posted_lists())
    return Tree(specs, fields.as_rows(specs, values), posted_version())


def posted_lists() -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in request.form}


def posted_version() -> int:
    version = request.form.get("version", "")
    if not version.isdecimal():
        raise Invalid("version: a number")
    return int(version)


def act(tree: Tree, action: str) -> None:
    """Add, remove or move a row. Raises Invalid for a button that this form does not have."""
    if action == "retype":
        return
    try:
        fields.act(tree.fields, tree.values, action)
    except fields.NoSuchRow as error:
        raise Invalid(_("This row is no longer there. Reload the page.")) from error
    tree.touched = action


def base_of(work: Work, path: str, version: int) -> tuple[int, str]:
    """Version and text from which a form was filled. Raises NotFound."""
    if path not in work.heads:
        raise NotFound
    return version, drafts.text_of(work.draft.id, path, version)
