"""Recordings, captions and attachments that published lessons place."""

from app.core.database import db
from app.core.errors import NotFound
from app.courses.models import MediaFile


def get_media(digest: str) -> MediaFile:
    """Raises NotFound for anything in the file store that no lesson places."""
    found = db.session.get(MediaFile, digest)
    if found is None:
        raise NotFound
    return found
