"""Reading what learners keep and look for."""

from app.courses.queries import titles_of
from app.courses.studying.queries.asking import (
    count_unanswered,
    get_asked,
    instructors_at,
    lesson_titles,
    list_asked,
    own_questions,
    questions_of,
)
from app.courses.studying.queries.beside import Beside, LessonSide, OwnNote, lesson_side
from app.courses.studying.queries.documents import (
    MAKE,
    Progress,
    document_progress,
    edition_of,
    find_document,
    get_module,
    job_key,
)
from app.courses.studying.queries.notes import (
    NoteLine,
    count_by_course,
    get_own_note,
    list_notes,
    notes_of,
)
from app.courses.studying.queries.reading import Study, get_enrolled_study, study_in
from app.courses.studying.queries.reviewing import (
    Day,
    Met,
    day_of,
    get_review_answer,
    is_latest,
    plan_of,
    questions_met,
    reminders_due,
    review_day,
    reviews_of,
)
from app.courses.studying.queries.search import Found, Results, search, unindexed_modules

__all__ = [
    "MAKE",
    "Beside",
    "Day",
    "Found",
    "LessonSide",
    "Met",
    "NoteLine",
    "OwnNote",
    "Progress",
    "Results",
    "Study",
    "count_by_course",
    "count_unanswered",
    "day_of",
    "document_progress",
    "edition_of",
    "find_document",
    "get_asked",
    "get_enrolled_study",
    "get_module",
    "get_own_note",
    "get_review_answer",
    "instructors_at",
    "is_latest",
    "job_key",
    "lesson_side",
    "lesson_titles",
    "list_asked",
    "list_notes",
    "notes_of",
    "own_questions",
    "plan_of",
    "questions_met",
    "questions_of",
    "reminders_due",
    "review_day",
    "reviews_of",
    "search",
    "study_in",
    "titles_of",
    "unindexed_modules",
]
