"""Pages of certificates: the holder's, the certifiers', and the public one."""

from app.certificates.views import keeping, own, verification
from app.certificates.views.blueprint import blueprint

__all__ = ["blueprints", "keeping", "own", "verification"]

blueprints = (blueprint,)
