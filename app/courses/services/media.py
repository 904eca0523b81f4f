"""Recordings and attachments of a course, as its revisions keep them."""

import hashlib
from typing import Any

from app.core.database import db, upsert
from app.courses.content.tree import CourseTree, ModuleTree
from app.courses.models import MediaFile


def note_media(tree: CourseTree) -> None:
    """Let the course's recordings, attachments and captions be asked for by their hash."""
    rows: list[dict[str, Any]] = [
        {"digest": kept.digest, "media_type": kept.media_type, "size": kept.size, "text": None}
        for kept in tree.media.files.values()
    ]
    for name, text in tree.media.texts.items():
        if name.endswith(".vtt"):
            data = text.encode()
            digest = hashlib.sha256(data).hexdigest()
            rows.append({"digest": digest, "media_type": "text/vtt", "size": len(data), "text": text})
    if rows:
        db.session.execute(upsert(MediaFile).values(rows).on_conflict_do_nothing())


def media_content(module: ModuleTree, tree: CourseTree) -> dict[str, Any]:
    """What a module revision keeps of the recordings that its lessons place; nothing where they place none."""
    names = {
        placed.name
        for texts in module.texts.values()
        for text in texts.values()
        for section in text.document.sections
        for placed in section.media
    }
    found = {name: kept for name, kept in tree.media.described().items() if name in names}
    return {"media": found} if found else {}
