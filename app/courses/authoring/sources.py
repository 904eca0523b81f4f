"""Keep files and trees by their hash, and read them again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.database import db, upsert
from app.core.errors import Invalid, NotFound
from app.core.messages import N_, message_from
from app.courses.authoring.models import SourceMedia, SourceText, SourceTree
from app.courses.authoring.rules import Manifest, as_text, digest_of_bytes, digest_of_text, digest_of_tree
from app.courses.content import media_files
from app.courses.content.figure_checks import findings
from app.courses.content.files import Finding, KeptFile, KeptMedia
from app.courses.content.pictures import media_type_of, size_of
from app.files import services as files

#: Rows an INSERT; texts are long.
BATCH = 200


def keep_text(text: str) -> str:
    """Keep a text; its digest. Raises Invalid for what no database keeps."""
    if "\0" in text:
        raise Invalid(_("The text holds a character that cannot be kept."))
    digest = digest_of_text(text)
    _insert(SourceText, [{"digest": digest, "text": text}])
    return digest


def keep_tree(manifest: Manifest, now: datetime) -> str:
    """Keep the list of a course's files; its digest."""
    digest = digest_of_tree(manifest)
    _insert(SourceTree, [{"digest": digest, "files": dict(manifest), "created_at": now}])
    return digest


def describe_media(path: str, data: bytes) -> dict[str, Any]:
    """What is known of a file that is not text."""
    if path.startswith("media/"):
        return row_of(media_files.describe(digest_of_bytes(data), data))
    width, height = size_of(data)
    return {
        "digest": digest_of_bytes(data),
        "size": len(data),
        "media_type": media_type_of(path),
        "width": width,
        "height": height,
        "milliseconds": None,
        "findings": [_kept(found) for found in findings(PurePosixPath(path).name, data)],
    }


def row_of(kept: KeptMedia) -> dict[str, Any]:
    """What ``SourceMedia`` holds of a file."""
    return asdict(kept) | {"findings": [_kept(found) for found in kept.findings]}


#: What the migration to messages left of a finished sentence, which could not be taken apart again.
UNFIT: Final = (N_("lessons cannot show this file as it is"), N_("upload it again to learn why"))


def _kept(found: Finding) -> list[Any]:
    return [found.line, found.column, found.wrong.as_json(), found.mend.as_json()]


def keep_files(contents: Mapping[str, bytes]) -> Manifest:
    """Note the files of a course, by path; media must lie in the file store already (``store_media``)."""
    texts: dict[str, str] = {}
    media: dict[str, dict[str, Any]] = {}
    manifest: dict[str, str] = {}
    for path, data in contents.items():
        manifest[path] = digest = digest_of_bytes(data)
        text = as_text(path, data)
        if text is None:
            media[digest] = describe_media(path, data)
        else:
            texts[digest] = text
    _insert_missing(SourceText, [{"digest": digest, "text": text} for digest, text in texts.items()])
    _insert_missing(SourceMedia, list(media.values()))
    return manifest


def store_media(root: Path, contents: Mapping[str, bytes]) -> None:
    """Put into the file store what is not text (before the transaction: it syncs the disk)."""
    for path, data in contents.items():
        if as_text(path, data) is None:
            files.store(root, data)


def _insert_missing(table: Any, rows: list[dict[str, Any]]) -> None:
    known = known_digests(table, [row["digest"] for row in rows])
    _insert(table, [row for row in rows if row["digest"] not in known])


def known_digests(table: Any, digests: Collection[str]) -> set[str]:
    """Those that the table holds."""
    found: set[str] = set()
    wanted = list(digests)
    for start in range(0, len(wanted), 500):
        found.update(db.session.scalars(select(table.digest).where(table.digest.in_(wanted[start : start + 500]))))
    return found


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        db.session.execute(upsert(table).values(rows[start : start + BATCH]).on_conflict_do_nothing())


def manifest_of(tree_digest: str | None) -> Manifest:
    """The files of a tree; none for None. Raises NotFound for a tree that was never kept."""
    if tree_digest is None:
        return {}
    found = db.session.get(SourceTree, tree_digest)
    if found is None:
        raise NotFound
    return found.files


def texts_of(digests: Iterable[str]) -> dict[str, str]:
    """Texts by digest, of those that are texts."""
    wanted = list(set(digests))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            select(SourceText.digest, SourceText.text).where(SourceText.digest.in_(wanted[start : start + 500]))
        )
        found.update(dict(rows.all()))
    return found


def find_text(digest: str | None) -> str | None:
    """The text, or None where the digest is nothing or names media."""
    return None if digest is None else texts_of([digest]).get(digest)


def media_of(digests: Iterable[str]) -> dict[str, KeptMedia]:
    """What is known of media, by digest."""
    rows = db.session.scalars(select(SourceMedia).where(SourceMedia.digest.in_(list(set(digests)))))
    return {
        row.digest: media_from({column.key: getattr(row, column.key) for column in SourceMedia.__table__.columns})
        for row in rows
    }


def media_from(known: Mapping[str, Any]) -> KeptMedia:
    """What ``describe_media`` found, as the loader takes it."""
    found = tuple(
        Finding(line, column, message_from(wrong), message_from(mend))
        for line, column, wrong, mend in known["findings"]
    )
    return KeptMedia(
        known["digest"],
        known["media_type"],
        known["width"],
        known["height"],
        found,
        known["size"],
        known["milliseconds"],
    )


def folder_of(course_key: str, manifest: Manifest, shown: str = "") -> KeptFile:
    """The course's folder as the loader reads it; ``shown`` is what faults call it. Two statements.

    Raises NotFound when a file of the tree is missing.
    """
    texts = texts_of(manifest.values())
    media = media_of(set(manifest.values()) - texts.keys())
    if set(manifest.values()) - texts.keys() - media.keys():
        raise NotFound
    entries: dict[str, str | KeptMedia] = {
        path: texts.get(d) or media.get(d) or "" for path, d in manifest.items()
    }
    return KeptFile(entries, shown or f"content/courses/{course_key}")


def read_files(root: Path, manifest: Manifest) -> dict[str, bytes]:
    """All files of a tree with their bytes. Raises NotFound when one is missing or damaged."""
    texts = texts_of(manifest.values())
    return {
        path: texts[digest].encode() if digest in texts else files.read(root, digest)
        for path, digest in manifest.items()
    }
