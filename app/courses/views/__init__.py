"""Pages of courses: catalogue, course, lesson, evidence of study, teaching."""

from app.courses.views import catalogue, lessons, media, progress, teaching
from app.courses.views.blueprint import blueprint

__all__ = ["blueprints", "catalogue", "lessons", "media", "progress", "teaching"]

blueprints = (blueprint,)
