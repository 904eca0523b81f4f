"""Reading what learners keep and look for."""

from app.courses.queries import titles_of
from app.courses.studying.queries.asking import (
    Beside,
    count_unanswered,
    get_asked,
    instructors_at,
    list_asked,
    own_questions,
    questions_beside,
    questions_of,
)
from app.courses.studying.queries.notes import (
    NoteLine,
    anchor_of,
    count_by_course,
    get_own_note,
    list_notes,
    notes_in,
    notes_of,
)
from app.courses.studying.queries.reading import Study, get_enrolled_study, study_in
from app.courses.studying.queries.search import Found, Results, search, unindexed_modules

__all__ = [
    "Beside",
    "Found",
    "NoteLine",
    "Results",
    "Study",
    "anchor_of",
    "count_by_course",
    "count_unanswered",
    "get_asked",
    "get_enrolled_study",
    "get_own_note",
    "instructors_at",
    "list_asked",
    "list_notes",
    "notes_in",
    "notes_of",
    "own_questions",
    "questions_beside",
    "questions_of",
    "search",
    "study_in",
    "titles_of",
    "unindexed_modules",
]
