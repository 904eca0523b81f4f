"""Pages of accounts: signing in, links, one's own account, people, privacy."""

from app.accounts.views import account, again, links, people, privacy, sign_in
from app.accounts.views.blueprint import blueprint

__all__ = ["account", "again", "blueprints", "links", "people", "privacy", "sign_in"]

blueprints = (blueprint,)
init_app = again.init_app
