"""Pages for learners."""

from app.courses.studying.views import asking, notes, searching
from app.courses.studying.views.blueprint import blueprint

__all__ = ["asking", "blueprints", "notes", "searching"]

blueprints = (blueprint,)
