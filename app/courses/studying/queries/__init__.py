"""Reading what learners keep and look for."""

from app.courses.studying.queries.reading import Study, study_in
from app.courses.studying.queries.search import Found, Results, search, unindexed_modules

__all__ = ["Found", "Results", "Study", "search", "study_in", "unindexed_modules"]
