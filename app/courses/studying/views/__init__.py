"""Pages for learners."""

from app.courses.studying.views import asking, documents, notes, reviewing, searching
from app.courses.studying.views.blueprint import blueprint

__all__ = ["asking", "blueprints", "documents", "notes", "reviewing", "searching"]

blueprints = (blueprint,)
