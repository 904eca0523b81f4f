"""The verbs of studying."""

from app.courses.studying.services.indexing import INDEX, index_module, request_indexing

__all__ = ["INDEX", "index_module", "request_indexing"]
