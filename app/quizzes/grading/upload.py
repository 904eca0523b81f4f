"""File upload: documents, marked by people."""

import re
from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.file_types import KINDS
from app.quizzes.grading.malformed import Malformed

MAX_FILES: Final = 5
MAX_MEBIBYTES: Final = 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Upload(base.QuestionType):
    """Response: ``{"files": [SHA-256 in hex, …]}``, in the order given. Waits for a person.

    The files come over an endpoint of their own, which looks at their content (``file_types``) and keeps them by
    hash; only what was received there for this very question is ever shown for it.
    """

    name = "file_upload"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        accept = base.strings(raw.get("accept"), "accept")
        if not accept or not set(accept) <= set(KINDS):
            raise Malformed(N_("accept: some of %(known)s", known=", ".join(KINDS)))
        return {
            "accept": sorted(set(accept)),
            "max_files": _at_most(raw, "max_files", 1, MAX_FILES),
            "max_mebibytes": _at_most(raw, "max_mebibytes", 10, MAX_MEBIBYTES),
        }

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {"files": {name: body[name] for name in ("max_files", "max_mebibytes")} | {"kinds": body["accept"]}}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        files = base.only(response, "files", list)
        if not all(isinstance(name, str) and _DIGEST.fullmatch(name) for name in files):
            raise base.wrong_shape()
        files = list(dict.fromkeys(files))
        most = layout["files"]["max_files"]
        if len(files) > most:
            raise Invalid(
                _("At most %(number)s files. Remove one first.", number=most),
                code="files",
            )
        return {"files": files} if files else {}

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.NeedsMarking:
        return base.NeedsMarking({"": base.ONE})

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        """Any file may be right: an empty one's digest stands for it."""
        return {"files": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"files": posted.getlist(name)}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return dict(layout["files"])


def _at_most(raw: Mapping[str, Any], name: str, default: int, most: int) -> int:
    return base.whole(default if raw.get(name) is None else raw[name], name, 1, most)
