"""What courses add to navigation, to the library's pages, and where an examination's “back” leads."""

import uuid

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation
from app.core.access import Role
from app.core.navigation import Area
from app.courses import labels, queries
from app.courses.queries import candidates
from app.courses.queries.portrait import studies_of
from app.library import registry
from app.quizzes.registry import Candidates, context_url
from app.quizzes.registry import candidates as register_candidates


def _citing(instrument_key: str) -> list[registry.CitedIn]:
    return [
        registry.CitedIn(
            course=line.outline.data["title"],
            title=lesson.title,
            url=url_for(
                "courses.show_lesson", course_key=line.key, module_key=lesson.module_key, lesson_key=lesson.key
            ),
        )
        for line, lesson in queries.citing_lessons(instrument_key)
    ]


def _course_of(enrolment_id: uuid.UUID) -> str:
    key = queries.course_key_of(enrolment_id)
    return url_for("courses.show_course", course_key=key) if key else url_for("courses.catalogue")


def init_app(app: Flask) -> None:
    own_data.register("studies", studies_of)
    app.jinja_env.filters.update(
        plain_number=labels.plain_number,
        instrument_name=labels.instrument_name,
        exam_refusal=labels.exam_refusal,
        question_type=labels.question_type,
    )
    navigation.register(_l("Courses"), "courses.catalogue", order=10)
    navigation.register(
        _l("Teaching"),
        "courses.teaching",
        order=45,
        roles={Role.INSTRUCTOR, Role.ADMINISTRATOR},
        area=Area.TEACHING,
    )
    registry.register_citing(_citing)
    context_url(queries.EXAM_CONTEXT, _course_of)
    register_candidates(
        queries.EXAM_CONTEXT, Candidates(candidates.candidates_of, candidates.groups_of, candidates.quizzes_to_sit)
    )
