"""Pages of accounts: signing in, links, one's own account, people, privacy."""

from app.accounts.views import account, links, people, privacy, sign_in
from app.accounts.views.blueprint import blueprint

__all__ = ["account", "blueprints", "links", "people", "privacy", "sign_in"]

blueprints = (blueprint,)
