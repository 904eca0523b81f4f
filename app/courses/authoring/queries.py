"""Read drafts: their files, faults, conflicts, and who is at work."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.courses.authoring import policies
from app.courses.authoring.affected import Reach, affected_by
from app.courses.authoring.models import (
    CourseSource,
    Draft,
    DraftConflict,
    DraftEdit,
    DraftFile,
    DraftPresence,
    DraftReview,
    Publication,
)
from app.courses.authoring.rules import Decision, FileHead, Manifest, digest_of_tree
from app.courses.authoring.sources import find_text, folder_of, manifest_of
from app.courses.authoring.surroundings import surroundings_of, with_programmes
from app.courses.content.faults import Fault
from app.courses.content.loading import inspect_course, inspect_programmes
from app.courses.content.tree import CourseTree

#: Who was seen within this time is at work on the file.
PRESENT: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class CourseInWork:
    """A course in the author's list. ``draft`` is None while nobody works on it."""

    source: CourseSource
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has a file open."""

    person_id: uuid.UUID
    name: str
    path: str
    device: str
    seen_at: datetime


def find_source(course_key: str) -> CourseSource | None:
    return db.session.get(CourseSource, course_key)


def source_for(actor: Actor, course_key: str) -> CourseSource:
    """A course whose drafts the actor may see. Raises NotFound."""
    source = find_source(course_key)
    if source is None or not policies.can_edit(actor, source.organisation_id):
        raise NotFound
    return source


def courses_for(actor: Actor) -> Sequence[CourseInWork]:
    """The courses the actor may edit, each with its open draft, by key. One statement."""
    places = actor.organisations(*policies.AUTHORS)
    statement = (
        select(CourseSource, Draft)
        .outerjoin(
            Draft,
            (Draft.course_key == CourseSource.course_key) & Draft.state.not_in(("published", "abandoned")),
        )
        .order_by(CourseSource.course_key)
    )
    if places is not None:
        statement = statement.where(CourseSource.organisation_id.in_(places))
    return [CourseInWork(*row) for row in db.session.execute(statement)]


def find_open_draft(course_key: str) -> Draft | None:
    return db.session.scalar(
        select(Draft).where(Draft.course_key == course_key, Draft.state.not_in(("published", "abandoned")))
    )


def draft_for(actor: Actor, draft_id: uuid.UUID) -> Draft:
    """A draft of a course the actor may edit. Raises NotFound."""
    found = db.session.execute(
        select(Draft, CourseSource.organisation_id)
        .join(CourseSource, CourseSource.course_key == Draft.course_key)
        .where(Draft.id == draft_id)
    ).first()
    if found is None or not policies.can_edit(actor, found.organisation_id):
        raise NotFound
    draft: Draft = found.Draft
    return draft


def open_draft_for(actor: Actor, course_key: str) -> Draft:
    """The open draft of a course the actor may edit. Raises NotFound, also where nobody has opened one."""
    source_for(actor, course_key)
    draft = find_open_draft(course_key)
    if draft is None:
        raise NotFound
    return draft


def heads_of(draft_id: uuid.UUID) -> dict[str, FileHead]:
    """Every file the draft has or had, by path."""
    rows = db.session.execute(
        select(DraftFile.path, DraftFile.version, DraftFile.digest)
        .where(DraftFile.draft_id == draft_id)
        .order_by(DraftFile.path)
    )
    return {row.path: FileHead(row.path, row.version, row.digest) for row in rows}


def files_of(draft_id: uuid.UUID) -> dict[str, FileHead]:
    """The files the draft has, by path. One statement."""
    return {path: head for path, head in heads_of(draft_id).items() if not head.is_deleted}


def manifest_of_draft(draft_id: uuid.UUID) -> Manifest:
    return {path: head.digest for path, head in heads_of(draft_id).items() if head.digest is not None}


def tree_digest_of(draft_id: uuid.UUID) -> str:
    """The digest of the tree as it stands: what a reviewer decides about."""
    return digest_of_tree(manifest_of_draft(draft_id))


def digest_at(draft: Draft, path: str, version: int) -> str | None:
    """The digest of a file at a version; None where it did not exist then. Raises NotFound for no such version."""
    if version == 0:
        return manifest_of(draft.base_tree).get(path)
    found = db.session.scalars(
        select(DraftEdit).where(
            DraftEdit.draft_id == draft.id, DraftEdit.path == path, DraftEdit.version == version
        )
    ).first()
    if found is None:
        raise NotFound
    return found.digest


def text_of(draft_id: uuid.UUID, path: str, version: int | None = None) -> str:
    """The text of a file, now or at a version. Raises NotFound for no text."""
    head = db.session.get(DraftFile, (draft_id, path))
    draft = db.session.get(Draft, draft_id)
    if head is None or draft is None:
        raise NotFound
    digest = head.digest if version in (None, head.version) else digest_at(draft, path, version or 0)
    text = find_text(digest)
    if text is None:
        raise NotFound
    return text


def edits_of(draft_id: uuid.UUID, path: str | None = None) -> Sequence[DraftEdit]:
    """What was done, the latest first."""
    statement = select(DraftEdit).where(DraftEdit.draft_id == draft_id).order_by(DraftEdit.id.desc())
    if path is not None:
        statement = statement.where(DraftEdit.path == path)
    return db.session.scalars(statement).all()


def authors_of(draft_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Everybody who wrote something of the draft: none of them reviews it."""
    return authors_in([draft_id])[draft_id]


def authors_in(draft_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """The same of several drafts. One statement."""
    rows = db.session.execute(
        select(DraftEdit.draft_id, DraftEdit.person_id).where(DraftEdit.draft_id.in_(draft_ids)).distinct()
    ).all()
    return {
        draft_id: frozenset(row.person_id for row in rows if row.draft_id == draft_id) for draft_id in draft_ids
    }


def conflicts_of(draft_id: uuid.UUID, path: str | None = None) -> Sequence[DraftConflict]:
    """Conflicts that nobody has resolved, the oldest first."""
    statement = (
        select(DraftConflict)
        .where(DraftConflict.draft_id == draft_id, DraftConflict.resolved_at.is_(None))
        .order_by(DraftConflict.created_at, DraftConflict.id)
    )
    if path is not None:
        statement = statement.where(DraftConflict.path == path)
    return db.session.scalars(statement).all()


def present_in(draft_id: uuid.UUID, now: datetime) -> list[Present]:
    """Who is at work on which file. One statement."""
    rows = db.session.execute(
        select(DraftPresence, Person.name)
        .join(Person, Person.id == DraftPresence.person_id)
        .where(DraftPresence.draft_id == draft_id, DraftPresence.seen_at > now - PRESENT)
        .order_by(DraftPresence.path, Person.name)
    )
    return [Present(one.person_id, name, one.path, one.device, one.seen_at) for one, name in rows]


def inspect_draft(draft_id: uuid.UUID) -> tuple[CourseTree | None, list[Fault]]:
    """The draft as a course, as far as it can be read, with its faults."""
    draft = db.session.get(Draft, draft_id)
    if draft is None:
        raise NotFound
    return inspect_manifest(draft.course_key, manifest_of_draft(draft_id))


def inspect_manifest(course_key: str, manifest: Manifest) -> tuple[CourseTree | None, list[Fault]]:
    """A tree of files as a course, with its faults; library and other courses are those of the database.

    Faults of programmes that the course would leave without questions or hours are among them.
    """
    surroundings = surroundings_of(course_key)
    tree, faults = inspect_course(folder_of(course_key, manifest), surroundings)
    if tree is None or faults:
        return tree, faults
    return tree, inspect_programmes(with_programmes(course_key, tree, surroundings))


def course_tree(draft_id: uuid.UUID) -> CourseTree | None:
    """The draft as a course, as far as it can be read."""
    return inspect_draft(draft_id)[0]


def faults_of(draft_id: uuid.UUID, path: str | None = None) -> list[Fault]:
    """The faults of the draft, or of one file of it, as ``flask content check`` words them."""
    found = inspect_draft(draft_id)[1]
    draft = db.session.get_one(Draft, draft_id)
    shown = f"content/courses/{draft.course_key}/{path}"
    return [fault for fault in found if path is None or fault.file == shown]


def faults_if(draft_id: uuid.UUID, texts: Mapping[str, str]) -> list[Fault]:
    """The faults the draft would have if these texts, by path, were saved. Nothing is kept."""
    draft = db.session.get(Draft, draft_id)
    if draft is None:
        raise NotFound
    folder = folder_of(draft.course_key, manifest_of_draft(draft_id))
    return inspect_course(replace(folder, files={**folder.files, **texts}), surroundings_of(draft.course_key))[1]


def reach_of(actor: Actor, draft_id: uuid.UUID) -> Reach:
    """Whom publishing the draft can affect. Raises NotFound, Conflict while it cannot be read as a course."""
    draft = draft_for(actor, draft_id)
    tree = course_tree(draft_id)
    if tree is None:
        raise Conflict(_("The course has faults. Correct them first."), code="faults")
    return affected_by(actor, draft.course_key, tree)


def reach_of_earlier(actor: Actor, course_key: str, manifest: Manifest) -> Reach:
    """Whom publishing an earlier state anew can affect. Raises NotFound, Conflict when it has faults by now."""
    source_for(actor, course_key)
    return affected_by(actor, course_key, check_earlier(course_key, manifest))


def check_earlier(course_key: str, manifest: Manifest) -> CourseTree:
    """A published tree as a course. Raises Conflict when it has faults by now."""
    tree, faults = inspect_manifest(course_key, manifest)
    if tree is None or faults:
        raise Conflict(_("The earlier files have faults by now. Open a draft and correct them."), code="faults")
    return tree


def approval_of(draft_id: uuid.UUID) -> DraftReview | None:
    """The approval of exactly the present files by somebody who wrote none of them, or None."""
    last = db.session.scalar(
        select(DraftReview)
        .where(DraftReview.draft_id == draft_id, DraftReview.tree_digest == tree_digest_of(draft_id))
        .order_by(DraftReview.created_at.desc(), DraftReview.id.desc())
        .limit(1)
    )
    if last is None or last.decision is not Decision.APPROVE or last.reviewer_id in authors_of(draft_id):
        return None
    return last


def reviews_of(draft_id: uuid.UUID) -> Sequence[DraftReview]:
    """What reviewers decided, the latest first."""
    return db.session.scalars(
        select(DraftReview).where(DraftReview.draft_id == draft_id).order_by(DraftReview.created_at.desc())
    ).all()


def publications_of(course_key: str) -> Sequence[Publication]:
    """What was published, the latest first."""
    return db.session.scalars(
        select(Publication)
        .where(Publication.course_key == course_key)
        .order_by(Publication.created_at.desc(), Publication.id.desc())
    ).all()
