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
    "Beside",
    "Day",
    "Found",
    "Met",
    "NoteLine",
    "Results",
    "Study",
    "anchor_of",
    "count_by_course",
    "count_unanswered",
    "day_of",
    "get_asked",
    "get_enrolled_study",
    "get_own_note",
    "get_review_answer",
    "instructors_at",
    "is_latest",
    "list_asked",
    "list_notes",
    "notes_in",
    "notes_of",
    "own_questions",
    "plan_of",
    "questions_beside",
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
