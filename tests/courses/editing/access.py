"""Who gets which answer at the routes of the editor: those who teach, of a course its own organisation's."""

from typing import Any, Literal

from tests.access_matrix import Answers, Row, only
from tests.support.authoring import author, open_draft
from tests.support.cast import Cast
from tests.support.courses import sync_folder

TEACHERS = ("instructor", "other_instructor", "administrator")
#: A course that is not there: those who teach are told so, others that they may not ask.
NONE = "/authoring/none"
ABSENT = only(*TEACHERS, ok=404)
LESSON = f"{NONE}/lessons/m/l"
QUESTIONS = f"{NONE}/questions/m"
UPLOAD = f"{NONE}/uploads/{'0' * 8}-0000-7000-8000-{'0' * 12}"


def begun(cast: Cast) -> str:
    """The authority's course, in work: instructors of universities do not see it."""
    sync_folder()
    open_draft(author(cast))
    return "/authoring/small"


def absent(view: str, path: str, method: Literal["get", "post"] = "get", data: Any = None) -> Row:
    return Row(f"editing.{view}", path, ABSENT, method, data or {})


def malformed(view: str, path: str) -> Row:
    """A form instead of JSON is refused before anything is looked up."""
    refused: Answers = only(*TEACHERS, ok=422)
    return Row(f"editing.{view}", path, refused, "post")


MOVE = {"place": "0"}
ROWS = (
    Row("editing.list_courses", "/authoring", only(*TEACHERS)),
    Row("editing.create_course", "/authoring/new", only(*TEACHERS)),
    Row("editing.create_course", "/authoring/new", only(*TEACHERS, ok=422), "post"),
    Row("editing.show_outline", begun, only("administrator", instructor=404, other_instructor=404)),
    absent("open_draft", f"{NONE}/open", "post"),
    absent("add_module", f"{NONE}/modules/new"),
    absent("add_module", f"{NONE}/modules/new", "post"),
    absent("add_lesson", f"{NONE}/modules/m/lessons/new"),
    absent("add_lesson", f"{NONE}/modules/m/lessons/new", "post"),
    absent("move_module", f"{NONE}/modules/m/move", "post", MOVE),
    absent("remove_module", f"{NONE}/modules/m/remove", "post"),
    absent("move_lesson", f"{LESSON}/move", "post", MOVE),
    absent("remove_lesson", f"{LESSON}/remove", "post"),
    absent("course_settings", f"{NONE}/settings"),
    absent("course_settings", f"{NONE}/settings", "post"),
    absent("module_settings", f"{NONE}/modules/m/settings"),
    absent("module_settings", f"{NONE}/modules/m/settings", "post"),
    absent("lesson_settings", f"{LESSON}/settings"),
    absent("lesson_settings", f"{LESSON}/settings", "post"),
    absent("edit_exam", f"{NONE}/exam"),
    absent("edit_exam", f"{NONE}/exam", "post"),
    absent("remove_exam", f"{NONE}/exam/remove"),
    absent("remove_exam", f"{NONE}/exam/remove", "post"),
    absent("show_faults", f"{NONE}/faults"),
    absent("edit_lesson", LESSON),
    absent("save_lesson", LESSON, "post"),
    malformed("preview_lesson", f"{LESSON}/preview"),
    absent("confirm_translation", f"{LESSON}/sections/s/confirm-translation", "post"),
    absent("read_file", f"{NONE}/files/course.yaml"),
    absent("edit_source", f"{NONE}/source/course.yaml"),
    absent("edit_source", f"{NONE}/source/course.yaml", "post"),
    malformed("preview_formula", "/authoring/formula"),
    malformed("note_presence", f"{NONE}/presence"),
    absent("add_figure", f"{NONE}/figures", "post"),
    absent("list_recordings", f"{NONE}/recordings"),
    absent("name_recordings", f"{NONE}/recordings.json"),
    Row("editing.add_recording", f"{NONE}/recordings", only(*TEACHERS, ok=422), "post"),
    absent("edit_recording", f"{NONE}/recordings/a.mp4"),
    absent("save_recording", f"{NONE}/recordings/a.mp4", "post"),
    absent("remove_recording", f"{NONE}/recordings/a.mp4/remove", "post"),
    Row("editing.begin_upload", f"{NONE}/uploads", only(*TEACHERS, ok=422), "post"),
    absent("finish_upload", f"{UPLOAD}/finish", "post"),
    absent("discard_by_form", f"{UPLOAD}/discard", "post"),
    absent("show_media", f"{NONE}/media/{'0' * 64}"),
    absent("show_conflict", f"{NONE}/conflicts/{'0' * 8}-0000-7000-8000-{'0' * 12}"),
    absent("resolve_conflict", f"{NONE}/conflicts/{'0' * 8}-0000-7000-8000-{'0' * 12}", "post", {"version": "0"}),
    absent("choose_question_type", f"{QUESTIONS}/new"),
    absent("new_question", f"{QUESTIONS}/new/single"),
    absent("new_question", f"{QUESTIONS}/new/single", "post"),
    absent("edit_question", f"{QUESTIONS}/q"),
    absent("edit_question", f"{QUESTIONS}/q", "post"),
    absent("remove_question", f"{QUESTIONS}/q/remove", "post"),
)
