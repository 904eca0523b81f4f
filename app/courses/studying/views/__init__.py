"""Pages for learners."""

from app.courses.studying.views import notes, searching
from app.courses.studying.views.blueprint import blueprint

__all__ = ["blueprints", "notes", "searching"]

blueprints = (blueprint,)
