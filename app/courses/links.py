"""Where the pages of a course lead: the templates ask, so that a preview can lead elsewhere."""

from typing import Any

from flask import url_for

from app.courses.rules import LessonOutline


class Links:
    """For somebody who studies the course."""

    def __init__(self, course_key: str) -> None:
        self.course_key = course_key

    def _to(self, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, course_key=self.course_key, **values)

    @property
    def home(self) -> str | None:
        """None where the way does not begin there."""
        return url_for("home.index")

    @property
    def catalogue(self) -> str | None:
        return url_for("courses.catalogue")

    @property
    def course(self) -> str:
        return self._to("courses.show_course")

    @property
    def exam(self) -> str:
        return self._to("courses.show_exam")

    @property
    def start_exam(self) -> str:
        return self._to("courses.start_exam")

    @property
    def search(self) -> str | None:
        """None where there is nothing to search in."""
        return self._to("studying.search")

    def document(self, module_key: str) -> str | None:
        """The module to study offline, where there is one."""
        return self._to("studying.document", module_key=module_key)

    def lesson(self, lesson: LessonOutline, anchor: str | None = None) -> str:
        return self._lesson("courses.show_lesson", lesson, _anchor=anchor)

    def read(self, lesson: LessonOutline) -> str:
        """Where the button at the end of a lesson posts to."""
        return self._lesson("courses.mark_lesson_read", lesson)

    def check(self, lesson: LessonOutline, question_key: str) -> str:
        """Where an answer to a check question is posted to."""
        return self._lesson("courses.answer_check", lesson, question_key=question_key)

    def _lesson(self, endpoint: str, lesson: LessonOutline, **values: Any) -> str:
        return self._to(endpoint, module_key=lesson.module_key, lesson_key=lesson.key, **values)
