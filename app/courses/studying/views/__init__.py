"""Pages for learners."""

from app.courses.studying.views import searching
from app.courses.studying.views.blueprint import blueprint

__all__ = ["blueprints", "searching"]

blueprints = (blueprint,)
