"""Write the published courses as files that ``content check`` accepts and ``content sync`` loads as they are."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from app.core.database import db
from app.courses.authoring.models import CourseSource
from app.courses.authoring.services.syncing import MARK, base_of, digests_of, mark_of, read_folder, reader
from app.courses.authoring.sources import manifest_of, read_files
from app.courses.authoring.tree_merging import marked, merge_trees
from app.courses.models import ContentState, Course


@dataclass(slots=True)
class Exported:
    """What an export did."""

    courses: int = 0
    #: Files written or removed.
    changed: list[str] = field(default_factory=list)
    #: Files in which somebody has to bring both sides together: marked as git marks them, or left as they were.
    clashes: list[str] = field(default_factory=list)


def export(folder: Path, data_dir: Path) -> Exported:
    """Bring the folder up to what is published. Reads the database, writes only the folder.

    Changes in the folder that were never synced stay: they are merged with what is published, and where both
    changed the same lines, both stand there between marks. Files of no course are written only where missing.
    Raises NotFound when the file store lacks a file.
    """
    done = Exported()
    state = db.session.get(ContentState, 1)
    shared = manifest_of(state.shared_tree if state else None)
    for path, data in read_files(data_dir, shared).items():
        if not (folder / path).exists():
            _write(folder / path, data)
            done.changed.append(path)
    listed = (
        select(CourseSource)
        .join(Course, Course.key == CourseSource.course_key)
        .where(Course.is_listed, CourseSource.published_tree.is_not(None))
        .order_by(CourseSource.course_key)
    )
    for source in db.session.scalars(listed).all():
        _export_course(source, folder / "courses" / source.course_key, data_dir, done)
    return done


def _export_course(source: CourseSource, folder: Path, data_dir: Path, done: Exported) -> None:
    published = manifest_of(source.published_tree)
    here = read_folder(folder) if folder.is_dir() else {}
    base = base_of(source, mark_of(folder)) if here else {}
    ours = digests_of(here)
    merged = merge_trees(base, ours, published, reader({*base.values(), *published.values()}, here))
    prefix = f"courses/{source.course_key}"
    wanted = {path: digest for path, digest in merged.files.items() if digest != ours.get(path)}
    data = read_files(data_dir, {path: d for path, d in wanted.items() if d not in merged.made})
    data |= {path: merged.made[d].encode() for path, d in wanted.items() if d in merged.made}
    for path, clash in merged.clashes.items():
        done.clashes.append(f"{prefix}/{path}:{clash.line}")
        if clash.merged is not None:
            data[path] = marked(clash.merged, "files", "published").encode()
        elif path not in here:
            data |= read_files(data_dir, {path: published[path]})
    for path in sorted(data):
        _write(folder / path, data[path])
    gone = ours.keys() - merged.files.keys() - merged.clashes.keys()
    for path in gone:
        (folder / path).unlink()
    _remove_empty(folder, gone)
    _write(folder / MARK, f"{source.published_tree}\n".encode())
    done.courses += 1
    done.changed += [f"{prefix}/{path}" for path in sorted({*data, *gone})]


def _remove_empty(folder: Path, gone: Mapping[str, str] | set[str]) -> None:
    for parent in {(folder / path).parent for path in gone} - {folder}:
        if not any(parent.iterdir()):
            parent.rmdir()


def _write(path: Path, data: bytes) -> None:
    """The whole file or what was there before, even when the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)
