"""Who gets which answer at the routes of courses: the trainee is enrolled, nobody else is."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import select

from app.core.database import db
from app.courses.models import Figure
from tests.access_matrix import Row, only, signed_in
from tests.courses.editing.access import ROWS as EDITING
from tests.support.cast import Cast
from tests.support.courses import enrol, study, sync_folder

LESSON: Final = "/courses/small/m1-first/basics"
NOBODYS: Final = "00000000-0000-7000-8000-000000000000"
TEACHERS: Final = ("instructor", "other_instructor", "administrator")


def enrolled(path: str) -> Callable[[Cast], str]:
    """A path, with the trainee in the small course."""

    def address(cast: Cast) -> str:
        sync_folder()
        enrol(cast.trainee)
        return path

    return address


def studied(cast: Cast) -> str:
    """The examination is open to the trainee."""
    sync_folder()
    study(cast.trainee)
    return "/courses/small/exam/start"


def figure(cast: Cast) -> str:
    sync_folder()
    return f"/courses/figures/{db.session.scalar(select(Figure.digest))}"


ROWS = (
    Row("courses.catalogue", enrolled("/courses"), signed_in()),
    Row("courses.show_course", enrolled("/courses/small"), signed_in()),
    Row("courses.show_course", "/courses/none", signed_in(404)),
    Row("courses.enrol", enrolled("/courses/small/enrol"), signed_in(302), "post"),
    Row("courses.show_exam", enrolled("/courses/small/exam"), only("trainee", rest=404)),
    Row("courses.start_exam", studied, only("trainee", ok=302, rest=404), "post"),
    Row("courses.show_figure", figure, signed_in()),
    Row("courses.show_media", f"/courses/media/{'0' * 64}", signed_in(404)),
    Row("courses.show_figure", f"/courses/figures/{'0' * 64}", signed_in(404)),
    Row("courses.show_lesson", enrolled(LESSON), only("trainee", *TEACHERS)),
    # Without an answer: refused with words where one may answer at all.
    Row("courses.answer_check", enrolled(f"{LESSON}/checks/t-m1-c1"), only("trainee", *TEACHERS, ok=422), "post"),
    Row("courses.mark_lesson_read", enrolled(f"{LESSON}/read"), only("trainee", ok=303, rest=404), "post"),
    # A form instead of JSON is refused before anything is looked up.
    Row("courses.save_progress", enrolled("/courses/small/progress"), signed_in(422), "post"),
    Row("studying.search", enrolled("/courses/small/search?q=机关"), only("trainee", *TEACHERS)),
    Row("studying.search", "/courses/none/search", signed_in(404)),
    Row(
        "studying.new_note",
        enrolled("/courses/small/notes/new?at=m1-first/basics/one"),
        only("trainee"),
    ),
    Row("studying.keep_note", enrolled("/courses/small/notes"), signed_in(422), "post"),
    Row("studying.ask", enrolled("/courses/small/questions/new?at=m1-first/basics/one"), only("trainee")),
    Row("studying.ask", enrolled("/courses/small/questions/new"), only("trainee", ok=422), "post"),
    Row("studying.my_questions", "/notes/questions", signed_in()),
    Row("studying.list_asked", "/teaching/trainee-questions", only(*TEACHERS)),
    Row("studying.answer", f"/teaching/trainee-questions/{NOBODYS}", only(*TEACHERS, ok=404)),
    Row("studying.answer", f"/teaching/trainee-questions/{NOBODYS}", only(*TEACHERS, ok=404), "post"),
    Row("studying.review", "/review", signed_in()),
    Row("studying.review", "/review", signed_in(422), "post"),
    Row("studying.show_next_review", "/review/next", signed_in(302)),
    Row("studying.answer_review", f"/review/questions/{NOBODYS}", signed_in(404), "post"),
    Row("studying.show_review_answer", f"/review/answers/{NOBODYS}", signed_in(404)),
    Row("studying.rate_review", f"/review/answers/{NOBODYS}/ease", signed_in(404), "post"),
    Row("studying.document", enrolled("/courses/small/documents/m1-first"), only("trainee", *TEACHERS)),
    Row(
        "studying.make_document",
        enrolled("/courses/small/documents/m1-first"),
        only("trainee", *TEACHERS, ok=303),
        "post",
    ),
    Row(
        "studying.download_document",
        enrolled("/courses/small/documents/m1-first/file"),
        only("trainee", *TEACHERS, ok=404),
    ),
    Row("studying.my_notes", "/notes", signed_in()),
    Row("studying.export_notes", "/notes/export", signed_in()),
    Row("studying.edit_note", f"/notes/{NOBODYS}", signed_in(404)),
    Row("studying.edit_note", f"/notes/{NOBODYS}", signed_in(404), "post"),
    # Removing what is not one's own does nothing, and says nothing.
    Row("studying.remove_note", f"/notes/{NOBODYS}/remove", signed_in(303), "post"),
    Row("courses.teaching", enrolled("/teaching"), only(*TEACHERS)),
    Row("courses.show_bank", enrolled("/teaching/courses/small"), only(*TEACHERS)),
    Row("courses.show_question", enrolled("/teaching/questions/t-m1-c1"), only(*TEACHERS)),
    Row("courses.content_check", "/teaching/content-check", only(*TEACHERS)),
    *EDITING,
)
