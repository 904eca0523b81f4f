"""The verbs of studying."""

from app.courses.studying.services.asking import answer, ask
from app.courses.studying.services.indexing import INDEX, index_module, request_indexing
from app.courses.studying.services.notes import change_note, keep_note, remove_note

__all__ = ["INDEX", "answer", "ask", "change_note", "index_module", "keep_note", "remove_note", "request_indexing"]
