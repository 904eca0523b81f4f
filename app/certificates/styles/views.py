"""What documents look like: the keepers' page of house styles."""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from app.certificates import policies
from app.certificates.labels import KINDS
from app.certificates.rendering.drawing import svg_of_motifs
from app.certificates.rendering.layouts import LAYOUTS
from app.certificates.rules import DocumentKind
from app.certificates.styles import queries
from app.core import access
from app.core.access import require_actor

blueprint = Blueprint("certificate_styles", __name__)

#: A version never changes, but who may see it does: kept by the browser alone, for a day.
KEPT = "private, max-age=86400"


@blueprint.get("/certificates/styles")
@access.requires(*policies.KEEPERS)
def list_styles() -> str:
    """Every version of the styles of the bodies one keeps certificates for."""
    return render_template("certificates/styles.html", lines=queries.style_lines(require_actor()), kinds=KINDS)


@blueprint.get("/certificates/styles/<string:digest>/<any(completion, hours, transcript, appointment):kind>.svg")
@access.requires(*policies.KEEPERS)
def draw(digest: str, kind: str) -> Response:
    """What is drawn behind the text of a document in this version: border, rosette, seal."""
    style = queries.get_style_for(require_actor(), digest)
    layout = LAYOUTS[DocumentKind(kind)]
    response = make_response(svg_of_motifs(layout.drawing(style.look, style.example), layout.width, layout.height))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = KEPT
    return response


blueprints = (blueprint,)
