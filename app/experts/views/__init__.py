"""Pages of experts: the applicant's, the certifiers', the pool."""

from app.experts.views import applying, deciding, pool
from app.experts.views.blueprint import blueprint

__all__ = ["applying", "blueprints", "deciding", "pool"]

blueprints = (blueprint,)
