"""The pages from a draft to its publication, under /authoring."""

from app.courses.reviewing.views import history, publishing, review
from app.courses.reviewing.views.blueprint import blueprint

__all__ = ["blueprints", "history", "publishing", "review"]

blueprints = (blueprint,)
