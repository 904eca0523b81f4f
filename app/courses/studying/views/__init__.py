"""Pages for learners."""

from app.courses.studying.views import asking, notes, reviewing, searching
from app.courses.studying.views.blueprint import blueprint

__all__ = ["asking", "blueprints", "notes", "reviewing", "searching"]

blueprints = (blueprint,)
