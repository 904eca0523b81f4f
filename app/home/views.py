"""Each role's first page."""

from flask import Blueprint, render_template

from app.core import access

blueprint = Blueprint("home", __name__)
blueprints = (blueprint,)


@blueprint.get("/")
@access.public
def index() -> str:
    """The first page: what to do next, or what this place is."""
    return render_template("home/index.html")
