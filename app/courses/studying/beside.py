"""What stands beside a lesson's text for one reader."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.access import Actor
from app.courses.rules import CourseOutline, LessonOutline, Progress
from app.courses.studying import queries
from app.courses.studying.queries import Beside, OwnNote


@dataclass(frozen=True, slots=True)
class Side:
    """How far the reader is, and by section her own notes and the questions."""

    progress: Progress
    #: Under "" those whose section the lesson no longer has.
    notes: dict[str, list[OwnNote]]
    #: Her own and the published ones.
    questions: dict[str, list[Beside]]


def at_lesson(
    actor: Actor, course_key: str, outline: CourseOutline, lesson: LessonOutline, enrolment_id: uuid.UUID | None
) -> Side:
    """All of it; without an enrolment (a preview) the questions alone. One statement."""
    found = queries.lesson_side(actor.person_id, course_key, outline, lesson, enrolment_id)
    return Side(found.progress, _own(found.notes, lesson), _asked(found.questions))


def _own(notes: Iterable[OwnNote], lesson: LessonOutline) -> dict[str, list[OwnNote]]:
    sections = {section.key for section in lesson.sections}
    found: dict[str, list[OwnNote]] = {}
    for note in notes:
        found.setdefault(note.section_key if note.section_key in sections else "", []).append(note)
    return found


def _asked(questions: Iterable[Beside]) -> dict[str, list[Beside]]:
    found: dict[str, list[Beside]] = {}
    for question in questions:
        found.setdefault(question.section_key, []).append(question)
    return found
