"""Who looks through a trainee's eyes: authors at their drafts, everybody who teaches at what is published."""

from collections.abc import Callable
from typing import Any, Final, Literal

from tests.access_matrix import Answers, Row, only
from tests.support.authoring import author, make_course, open_draft
from tests.support.cast import Cast
from tests.support.courses import sync_folder

TEACHERS: Final = ("instructor", "other_instructor", "administrator")
BASE: Final = "/authoring/small/preview"
LESSON: Final = f"{BASE}/lessons/m1-first/basics"


def published(path: str) -> Callable[[Cast], str]:
    """A path, with a draft of the authority's course in work: other teachers are shown what is published."""

    def address(cast: Cast) -> str:
        sync_folder()
        open_draft(author(cast))
        return path

    return address


def unpublished(cast: Cast) -> str:
    """A draft alone: nobody but its organisation's authors learns that it is there."""
    sync_folder()
    make_course(author(cast), cast.authority)
    return "/authoring/own-course/preview"


def row(view: str, path: str, ok: int = 200, method: Literal["get", "post"] = "get", data: Any = None) -> Row:
    answers: Answers = only(*TEACHERS, ok=ok)
    return Row(f"previewing.{view}", published(path), answers, method, data or {})


ROWS = (
    row("show_course", BASE),
    Row("previewing.show_course", unpublished, only("administrator", instructor=404, other_instructor=404)),
    Row("previewing.show_course", "/authoring/none/preview", only(*TEACHERS, ok=404)),
    row("show_exam", f"{BASE}/exam"),
    row("start_exam", f"{BASE}/exam/start", 303, "post"),
    row("show_lesson", LESSON),
    row("mark_lesson_read", f"{LESSON}/read", 303, "post"),
    row("answer_check", f"{LESSON}/checks/t-m1-c1", 422, "post"),
)
