"""The verbs of studying."""

from app.courses.studying.services.asking import answer, ask
from app.courses.studying.services.documents import note_document, request_document
from app.courses.studying.services.indexing import INDEX, index_module, request_indexing
from app.courses.studying.services.notes import change_note, keep_note, remove_note
from app.courses.studying.services.reviewing import (
    answer_review,
    claim_reminder,
    memory_before,
    rate_review,
    set_plan,
)

__all__ = [
    "INDEX",
    "answer",
    "answer_review",
    "ask",
    "change_note",
    "claim_reminder",
    "index_module",
    "keep_note",
    "memory_before",
    "note_document",
    "rate_review",
    "remove_note",
    "request_document",
    "request_indexing",
    "set_plan",
]
