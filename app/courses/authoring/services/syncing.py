"""The content folder and what was published in the browser meet: one plan, one transaction, nothing lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app.core.collecting import collecting_later
from app.core.database import db, serialise
from app.core.errors import Conflict
from app.core.identifiers import new_id
from app.core.messages import N_
from app.courses.authoring.models import CourseSource, Publication, SourceTree
from app.courses.authoring.rules import (
    Manifest,
    Moving,
    Origin,
    as_text,
    digest_of_bytes,
    digest_of_tree,
)
from app.courses.authoring.services.publishing import TURN, kept_figures, note_published
from app.courses.authoring.sources import (
    describe_media,
    folder_of,
    keep_files,
    keep_text,
    keep_tree,
    manifest_of,
    media_from,
    store_media,
    texts_of,
)
from app.courses.authoring.tree_merging import ClashKind, TextOf, merge_trees
from app.courses.content.faults import ContentFaults, Fault
from app.courses.content.files import FilePath, KeptFile, KeptMedia
from app.courses.content.loading import load_content
from app.courses.content.tree import Content, CourseTree
from app.courses.models import ContentState, Course
from app.courses.services.content import StoredFigure, is_of_this_format, sync_content

#: A course's folder says on which published tree an export was based; a dot keeps it out of the course.
MARK: Final = ".published"
MEND: Final = N_("run `flask content export`, bring both together in its files, and sync again")


@dataclass(slots=True)
class Planned:
    """One course: what the folder holds, what is published, and what shall be."""

    key: str
    #: The folder's files with their bytes; None where only the database has the course.
    contents: Mapping[str, bytes] | None
    published: str | None
    mark: str | None = None
    result: Manifest = field(default_factory=dict)
    #: Texts that the merge made, by digest.
    merged: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """Everything that a sync will do."""

    content: Content
    courses: dict[str, Planned]
    #: Everything but the courses.
    shared: Mapping[str, bytes]

    def store(self, data_dir: Path) -> None:
        """Put the folder's media into the file store (before the transaction: it syncs the disk)."""
        store_media(data_dir, self.shared)
        for course in self.courses.values():
            store_media(data_dir, course.contents or {})


def read_folder(folder: Path) -> dict[str, bytes]:
    """All files of a course's folder, by path; those whose name begins with a dot are nobody's."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@collecting_later()
def plan_sync(root: Path) -> Plan:
    """Read and check the folder, merged with what was published in the browser since its last sync.

    Raises ContentFaults for what is wrong in the files, and for lines that both sides changed.
    """
    root = root.resolve()
    sources = {one.course_key: one for one in db.session.scalars(select(CourseSource))}
    folders = sorted(path for path in (root / "courses").glob("*") if path.is_dir())
    planned: dict[str, Planned] = {}
    kept: dict[str, FilePath] = {}
    faults: list[Fault] = []
    for folder in folders:
        source = sources.get(folder.name)
        one = Planned(folder.name, read_folder(folder), source.published_tree if source else None, mark_of(folder))
        shown = f"{root.name}/courses/{folder.name}"
        faults += _settle(one, source, shown)
        planned[one.key], kept[one.key] = one, _result_folder(one, shown)
    for key in sorted(sources.keys() - planned.keys()):
        source, shown = sources[key], f"{root.name}/courses/{key}"
        if source.published_tree and source.files_tree is None:  # made in the browser
            planned[key] = Planned(key, None, source.published_tree, result=manifest_of(source.published_tree))
            kept[key] = folder_of(key, planned[key].result, shown)
        elif source.published_tree != source.files_tree:
            wrong = N_("the course is gone from the files, but was changed in the browser since they were synced")
            faults.append(
                Fault(shown, 1, 1, wrong, N_("run `flask content export` and sync; then remove what shall go"))
            )
    if faults:
        raise ContentFaults(sorted(faults))
    return Plan(load_content(root, kept), planned, read_shared(root))


def read_shared(root: Path) -> dict[str, bytes]:
    """All files of the content folder that belong to no course, by path."""
    return {path: data for path, data in read_folder(root).items() if not path.startswith("courses/")}


def digests_of(contents: Mapping[str, bytes]) -> dict[str, str]:
    return {path: digest_of_bytes(data) for path, data in contents.items()}


def base_of(source: CourseSource, mark: str | None) -> Manifest:
    """The files from which both the folder's and the published ones came.

    An export since the last sync says which published files the folder's rest on; else it is what was synced.
    """
    if mark and mark != source.files_export and db.session.get(SourceTree, mark) is not None:
        return manifest_of(mark)
    return manifest_of(source.files_tree)


def reader(digests: Iterable[str], contents: Mapping[str, bytes]) -> TextOf:
    """Texts by digest: those that the database keeps, and those of the files at hand."""
    known = texts_of(digests)
    for path, data in contents.items():
        text = as_text(path, data)
        if text is not None:
            known[digest_of_bytes(data)] = text
    return known.get


def mark_of(folder: Path) -> str | None:
    path = folder / MARK
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _settle(one: Planned, source: CourseSource | None, shown: str) -> list[Fault]:
    """What the course becomes: the files, what is published, or both merged; a fault for each clash."""
    ours = digests_of(one.contents or {})
    one.result = ours
    if source is None or source.published_tree is None:
        return []
    theirs = manifest_of(source.published_tree)
    base = base_of(source, one.mark)
    if theirs in (base, ours):
        return []
    if base == ours:
        one.result = theirs
        return []
    return _merged(one, base, ours, theirs, shown)


def _merged(one: Planned, base: Manifest, ours: Manifest, theirs: Manifest, shown: str) -> list[Fault]:
    """Both sides merged; a fault for each file that does not merge."""
    merged = merge_trees(base, ours, theirs, reader({*base.values(), *theirs.values()}, one.contents or {}))
    one.result, one.merged = merged.files, merged.made
    return [
        Fault(f"{shown}/{path}", clash.line, 1, _WRONG[clash.kind], MEND) for path, clash in merged.clashes.items()
    ]


_WRONG: Final = {
    ClashKind.LINES: N_("these lines were changed here and in the browser since the last sync"),
    ClashKind.WHOLE: N_("the file was changed here and in the browser since the last sync"),
    ClashKind.GONE_IN_OURS: N_("the file is gone here, but was changed in the browser since the last sync"),
    ClashKind.GONE_IN_THEIRS: N_("the file was changed here, but removed in the browser since the last sync"),
}


def _result_folder(one: Planned, shown: str) -> KeptFile:
    """What the course shall be, as the loader reads it."""
    contents = one.contents or {}
    entries: dict[str, str | KeptMedia] = {}
    here = digests_of(contents)
    missing: dict[str, str] = {}
    for path, digest in one.result.items():
        if digest in one.merged:
            entries[path] = one.merged[digest]
        elif here.get(path) == digest:
            text = as_text(path, contents[path])
            entries[path] = media_from(describe_media(path, contents[path])) if text is None else text
        else:
            missing[path] = digest
    if missing:
        entries.update(folder_of(one.key, missing).files)
    return KeptFile(entries, shown)


@collecting_later()
def sync(plan: Plan, now: datetime) -> list[str]:
    """Load the plan in the present transaction; a line for each change. Running it again changes nothing.

    Raises Conflict when something was published since the plan was made.
    """
    serialise(TURN)
    sources = {
        one.course_key: one
        for one in db.session.scalars(select(CourseSource).execution_options(populate_existing=True))
    }
    published = {key: one.published_tree for key, one in sources.items()}
    if any(published.get(key) != one.published for key, one in plan.courses.items()):
        raise Conflict("a course was published in the browser at the same moment: run the sync again")
    figures: dict[str, StoredFigure] = {}
    for tree in plan.content.courses.values():
        figures.update(kept_figures(tree))
    changes = sync_content(plan.content, figures, now, unchanged=_unchanged(plan))
    db.session.get_one(ContentState, 1).shared_tree = keep_tree(keep_files(plan.shared), now)
    for key, one in plan.courses.items():
        tree = plan.content.courses[key]
        source = sources.get(key) or CourseSource(course_key=key, question_keys=[])
        changes += _note_course(source, one, tree, now)
    return changes


def _unchanged(plan: Plan) -> set[str]:
    """The courses whose published files stay what they are."""
    if not is_of_this_format():
        return set()
    listed = set(db.session.scalars(select(Course.key).where(Course.is_listed)))
    return {
        key for key, one in plan.courses.items() if key in listed and one.published == digest_of_tree(one.result)
    }


def _note_course(source: CourseSource, one: Planned, tree: CourseTree, now: datetime) -> list[str]:
    """Keep the files and what became of them."""
    for text in one.merged.values():
        keep_text(text)
    if one.contents is not None:
        source.files_tree = keep_tree(keep_files(one.contents), now)
        source.files_export = one.mark
    before, after = source.published_tree, digest_of_tree(one.result)
    keep_tree(one.result, now)
    note_published(source, tree, after)
    if before == after:
        return []
    revision_id = db.session.scalar(select(Course.current_revision_id).where(Course.key == one.key))
    assert revision_id is not None  # noqa: S101 - sync_content has just set it
    db.session.add(
        Publication(
            id=new_id(),
            course_key=one.key,
            course_revision_id=revision_id,
            tree_digest=after,
            note="",
            origin=Origin.FILES,
            moving=Moving.KEEP,
            created_at=now,
        )
    )
    db.session.flush()
    return [f"course {one.key}: merged with what was changed in the browser"] if one.merged else []
