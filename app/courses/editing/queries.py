"""What the editor's pages show of a draft."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.courses.authoring import queries as drafts
from app.courses.authoring import sources
from app.courses.authoring.models import CourseSource, Draft, DraftEdit, DraftFile, SourceTree
from app.courses.authoring.rules import FileHead, figures_in
from app.courses.content.parsing import Parsed, parse_yaml
from app.courses.editing import texts
from app.courses.models import ContentState


def media_path(course_key: str, digest: str) -> str:
    """The address of a figure, recording or caption of a draft."""
    return f"/authoring/{course_key}/media/{digest}"


@dataclass(frozen=True, slots=True)
class Work:
    """A course in work, with the files that its draft holds."""

    source: CourseSource
    draft: Draft
    #: Every file the draft has or had.
    heads: Mapping[str, FileHead]

    @property
    def files(self) -> dict[str, FileHead]:
        """The files it has."""
        return {path: head for path, head in self.heads.items() if not head.is_deleted}

    @property
    def key(self) -> str:
        return self.source.course_key

    def head(self, path: str) -> FileHead:
        """Raises NotFound."""
        if path not in self.files:
            raise NotFound
        return self.files[path]

    def text(self, path: str) -> str:
        """Raises NotFound."""
        text = sources.find_text(self.head(path).digest)
        if text is None:
            raise NotFound
        return text

    def mapping(self, path: str) -> dict[str, Any]:
        """A YAML file's values; empty where it cannot be read."""
        return mapping_of(self.text(path)) if path in self.files else {}

    def lesson_path(self, module: str, lesson: str, language: str) -> str:
        """Raises NotFound."""
        path = texts.find_path(self.files, module, lesson, language)
        if path is None:
            raise NotFound
        return path

    def homes(self) -> dict[tuple[str, str], str]:
        """(module, lesson) → the module in which a lesson was first published, of lessons that have moved."""
        paths = [path for path in self.files if path.endswith("/module.yaml")]
        found = sources.texts_of(head.digest for path in paths if (head := self.files[path]).digest)
        return {
            (path.partition("/")[0], str(entry.get("id"))): str(entry["moved_from"])
            for path in paths
            for entry in mapping_of(found.get(self.files[path].digest or "", "")).get("lessons") or ()
            if isinstance(entry, Mapping) and entry.get("moved_from")
        }

    def path_now(self, path: str) -> str:
        """Where a lesson's text lies now, if it was given another number or module; else the same path."""
        place = texts.lesson_of(path)
        if place is None or path in self.files:
            return path
        return texts.find_path(self.files, place.module, place.lesson, place.language) or next(
            iter(texts.paths_elsewhere(self.files, place)), path
        )

    @property
    def figures(self) -> dict[str, str]:
        """File name → digest."""
        return figures_in({path: head.digest for path, head in self.files.items() if head.digest})

    @property
    def media(self) -> dict[str, str]:
        """Recordings, attachments, captions and transcripts: file name → digest."""
        return {
            path.removeprefix("media/"): head.digest
            for path, head in self.files.items()
            if path.startswith("media/") and head.digest
        }


def mapping_of(text: str) -> dict[str, Any]:
    """The values of a YAML text, to be read only; empty where it is none."""
    found = parse_yaml(text.encode())
    return found.data if isinstance(found, Parsed) else {}


def find_work(actor: Actor, course_key: str) -> Work | None:
    """The open draft, or None while nobody works on the course. Raises NotFound for courses of others."""
    source = drafts.source_for(actor, course_key)
    draft = drafts.find_open_draft(course_key)
    return Work(source, draft, drafts.heads_of(draft.id)) if draft else None


def work_on(actor: Actor, course_key: str) -> Work:
    """The open draft of a course the actor may edit. Raises NotFound."""
    found = find_work(actor, course_key)
    if found is None:
        raise NotFound
    return found


# --- the list ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in the author's list."""

    key: str
    code: str
    title: Mapping[str, str]
    is_published: bool
    draft: Draft | None
    #: How many edits the draft holds.
    edits: int


def courses_of(actor: Actor) -> list[CourseLine]:
    """Courses the actor may edit, those in work first. Five statements."""
    rows = drafts.courses_for(actor)
    open_ids = [row.draft.id for row in rows if row.draft]
    files = _course_files(open_ids, [row.source.published_tree for row in rows if row.source.published_tree])
    edits = _edit_counts(open_ids)
    lines = [
        _line(row, files.get(row.draft.id if row.draft else row.source.published_tree, ""), edits) for row in rows
    ]
    return sorted(lines, key=lambda line: (line.draft is None, line.code, line.key))


def _line(row: drafts.CourseInWork, text: str, edits: Mapping[uuid.UUID, int]) -> CourseLine:
    key, course = row.source.course_key, mapping_of(text)
    return CourseLine(
        key=key,
        code=str(course.get("code", "")),
        title=_title_in(course, key),
        is_published=row.source.published_tree is not None,
        draft=row.draft,
        edits=edits.get(row.draft.id, 0) if row.draft else 0,
    )


def _course_files(draft_ids: Sequence[uuid.UUID], trees: Sequence[str]) -> dict[uuid.UUID | str | None, str]:
    """The text of ``course.yaml`` by draft and by tree."""
    name = "course.yaml"
    heads = select(DraftFile.draft_id, DraftFile.digest).where(
        DraftFile.draft_id.in_(draft_ids), DraftFile.path == name, DraftFile.digest.is_not(None)
    )
    digests: dict[Any, str] = {row.draft_id: row.digest for row in db.session.execute(heads) if row.digest}
    published = select(SourceTree.digest, SourceTree.files).where(SourceTree.digest.in_(trees))
    digests |= {row.digest: row.files[name] for row in db.session.execute(published) if name in row.files}
    found = sources.texts_of(digests.values())
    return {place: found[digest] for place, digest in digests.items() if digest in found}


def _edit_counts(draft_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    counted = select(DraftEdit.draft_id, func.count()).where(DraftEdit.draft_id.in_(draft_ids))
    return dict(db.session.execute(counted.group_by(DraftEdit.draft_id)).all())


def begun_course(course_key: str) -> dict[str, Any]:
    """The published course file; empty where nothing is published."""
    source = drafts.find_source(course_key)
    digest = sources.manifest_of(source.published_tree).get("course.yaml") if source else None
    return mapping_of(sources.find_text(digest) or "")


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """A programme with an examination that asks questions of a course."""

    title: Mapping[str, str]
    #: Its file, below ``content/``.
    path: str


def programmes_with(course_key: str) -> list[ProgrammeLine]:
    """Programmes whose examinations draw on the course, as last synced. Three statements."""
    state = db.session.get(ContentState, 1)
    shared = sources.manifest_of(state.shared_tree if state else None)
    digests = {path: digest for path, digest in shared.items() if path.startswith("programmes/")}
    found = sources.texts_of(digests.values())
    lines = []
    for path, digest in digests.items():
        programme = mapping_of(found.get(digest, ""))
        renewal = programme.get("renewal")
        demands = [programme, renewal if isinstance(renewal, Mapping) else {}]
        if any(course_key in _courses_asked(one.get("exam")) for one in demands):
            lines.append(ProgrammeLine(_title_in(programme, path), path))
    return lines


def _courses_asked(exam: Any) -> set[str]:
    """The courses that a programme's examination draws on."""
    if not isinstance(exam, Mapping):
        return set()
    parts = [exam, *(part for part in exam.get("sections") or () if isinstance(part, Mapping))]
    pools = [pool for part in parts for pool in part.get("pools") or () if isinstance(pool, Mapping)]
    return {str(pool.get("course")) for pool in pools}


def title_of(course_key: str) -> Mapping[str, str]:
    """What its authors call a course: as its draft says, else as is published. Three statements."""
    draft = drafts.find_open_draft(course_key)
    course = mapping_of(_course_files([draft.id], []).get(draft.id, "")) if draft else begun_course(course_key)
    return _title_in(course, course_key)


def _title_in(course: Mapping[str, Any], course_key: str) -> Mapping[str, str]:
    title = course.get("title")
    return title if isinstance(title, Mapping) else {"zh": course_key, "en": course_key}
