"""What stands beside a lesson's text for one reader."""

from app.core.access import Actor
from app.courses.rules import LessonOutline
from app.courses.studying import queries
from app.courses.studying.models import Note
from app.courses.studying.queries import Beside


def own_notes(actor: Actor, course_key: str, lesson: LessonOutline) -> dict[str, list[Note]]:
    """The reader's own notes by section; under "" those whose section the lesson no longer has. One statement."""
    sections = {section.key for section in lesson.sections}
    found: dict[str, list[Note]] = {}
    for note in queries.notes_in(actor.person_id, course_key, lesson):
        found.setdefault(note.section_key if note.section_key in sections else "", []).append(note)
    return found


def questions(actor: Actor, course_key: str, lesson: LessonOutline) -> dict[str, list[Beside]]:
    """The reader's own questions and the published ones, by section. One statement."""
    found: dict[str, list[Beside]] = {}
    for question in queries.questions_beside(actor.person_id, course_key, lesson):
        found.setdefault(question.section_key, []).append(question)
    return found
