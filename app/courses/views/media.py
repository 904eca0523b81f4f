"""Recordings, captions and attachments of lessons."""

from flask import current_app
from werkzeug.wrappers import Response

from app.core import access
from app.core.publishing import send_long, send_stored
from app.courses import queries
from app.courses.views.blueprint import blueprint
from app.files import services as files


@blueprint.get("/courses/media/<string:digest>")
@access.signed_in
def show_media(digest: str) -> Response:
    """A file that a lesson places; its name is its hash, so browsers may keep it for ever."""
    media = queries.get_media(digest)
    if media.text is not None:
        return send_stored(media.text.encode(), media.media_type, digest)
    path = files.locate(current_app.extensions["academy.settings"].data_dir, digest)
    return send_long(path, media.media_type, digest)
