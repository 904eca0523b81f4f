"""From an approved draft to a published revision, and back to an earlier one."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db, serialise
from app.core.errors import Conflict, NotFound
from app.core.events import announce
from app.core.identifiers import new_id
from app.courses.authoring import policies, queries
from app.courses.authoring.models import CourseSource, Draft, DraftReview, Publication
from app.courses.authoring.rules import Decision, DraftState, Manifest, Moving, Origin
from app.courses.authoring.services.editing import lock_draft
from app.courses.authoring.services.moving import move_trainees
from app.courses.authoring.sources import folder_of, keep_tree, manifest_of
from app.courses.authoring.surroundings import surroundings_of, with_programmes
from app.courses.content.files import KeptFile
from app.courses.content.loading import inspect_course
from app.courses.content.tree import CourseTree
from app.courses.events import CoursePublished
from app.courses.models import CourseRevision
from app.courses.services.content import StoredFigure, load_course
from app.organisations.queries import find_organisation
from app.organisations.services import ensure_authority

#: Publications and syncs come one after the other.
TURN = "content"


def submit(actor: Actor, draft_id: uuid.UUID, *, note: str = "", now: datetime) -> Draft:
    """Ask for a review of the draft as it stands.

    Raises NotFound; Conflict for faults, conflicts, or a draft that is over or behind what is published.
    """
    draft = lock_draft(actor, draft_id)
    _check_ready(draft)
    draft.state, draft.note, draft.updated_at = DraftState.IN_REVIEW, note or draft.note, now
    keep_tree(queries.manifest_of_draft(draft.id), now)
    audit.record(actor, "authoring.submit", draft, course=draft.course_key)
    return draft


def decide(actor: Actor, draft_id: uuid.UUID, decision: Decision, *, note: str = "", now: datetime) -> DraftReview:
    """Approve exactly the present files of a draft in review, or send it back.

    Raises NotFound, NotAllowed for somebody who wrote part of it, Conflict for a draft that is not in review.
    """
    draft = lock_draft(actor, draft_id)
    source = queries.source_for(actor, draft.course_key)
    policies.check_reviewer(actor, source.organisation_id, queries.authors_of(draft.id))
    if draft.state is not DraftState.IN_REVIEW:
        raise Conflict(_("This draft is not in review."))
    review = DraftReview(
        id=new_id(),
        draft_id=draft.id,
        tree_digest=keep_tree(queries.manifest_of_draft(draft.id), now),
        reviewer_id=actor.person_id,
        decision=decision,
        note=note,
        created_at=now,
    )
    db.session.add(review)
    draft.state = DraftState.APPROVED if decision is Decision.APPROVE else DraftState.SENT_BACK
    draft.updated_at = now
    db.session.flush()
    audit.record(actor, f"authoring.{decision.value}", draft, course=draft.course_key)
    return review


def publish(
    actor: Actor, draft_id: uuid.UUID, *, note: str, moving: Moving = Moving.KEEP, now: datetime
) -> CourseRevision:
    """Publish an approved draft: the revision that ``flask content sync`` would make of the same files.

    ``note`` says what changed. Reading ``queries.faults_of`` before the transaction keeps it short.
    Raises NotFound; Conflict for a draft without approval, with faults or conflicts, or behind what is published.
    """
    serialise(TURN)
    draft = lock_draft(actor, draft_id)
    _check_ready(draft)
    approval = queries.approval_of(draft.id)
    if approval is None:
        raise Conflict(_("Another person has to approve these files first."), code="approval")
    source = db.session.get_one(CourseSource, draft.course_key)
    edits = [edit.person_id for edit in queries.edits_of(draft.id)]
    author_id = actor.person_id if actor.person_id != approval.reviewer_id else edits[0]
    manifest = queries.manifest_of_draft(draft.id)
    revision = publish_manifest(source, manifest, now)
    draft.state, draft.updated_at = DraftState.PUBLISHED, now
    _record(
        Publication(
            id=new_id(),
            course_key=source.course_key,
            course_revision_id=revision.id,
            tree_digest=source.published_tree or "",
            draft_id=draft.id,
            note=note,
            author_id=author_id,
            reviewer_id=approval.reviewer_id,
            origin=Origin.BROWSER,
            moving=moving,
            created_at=now,
        ),
        revision,
        now,
    )
    audit.record(actor, "authoring.publish", draft, course=source.course_key, revision=revision.number, note=note)
    return revision


def roll_back(
    actor: Actor, course_key: str, tree_digest: str, *, note: str, moving: Moving = Moving.KEEP, now: datetime
) -> CourseRevision:
    """Publish anew what was published before. Its approval stands; an open draft is brought up to it when asked.

    Raises NotFound for files that were never published, Conflict when they have faults by now. Asking for
    ``queries.reach_of_earlier`` before the transaction keeps it short.
    """
    serialise(TURN)
    source = queries.source_for(actor, course_key)
    if tree_digest not in {known.tree_digest for known in queries.publications_of(course_key)}:
        raise NotFound
    manifest = manifest_of(tree_digest)
    queries.check_earlier(course_key, manifest)
    revision = publish_manifest(source, manifest, now)
    publication = Publication(
        id=new_id(),
        course_key=course_key,
        course_revision_id=revision.id,
        tree_digest=tree_digest,
        note=note,
        author_id=actor.person_id,
        origin=Origin.BROWSER,
        moving=moving,
        created_at=now,
    )
    _record(publication, revision, now)
    audit.record(actor, "authoring.roll_back", publication, course=course_key, revision=revision.number, note=note)
    return revision


def _check_ready(draft: Draft) -> None:
    """Raises Conflict, saying what must be done before."""
    if draft.state.is_over:
        raise Conflict(_("This draft is closed. Open the course again to go on."), code="closed")
    if queries.conflicts_of(draft.id):
        raise Conflict(_("Bring the conflicting edits together first."), code="conflicts")
    source = db.session.get_one(CourseSource, draft.course_key, populate_existing=True)
    if source.published_tree != draft.base_tree:
        raise Conflict(
            _("The published course has changed since this draft began. Bring the draft up to it first."),
            code="outdated",
        )
    if not queries.authors_of(draft.id):
        raise Conflict(_("Nothing has been changed in this draft."), code="unchanged")
    if queries.faults_of(draft.id):
        raise Conflict(_("The course has faults. Correct them first."), code="faults")


def publish_manifest(source: CourseSource, manifest: Manifest, now: datetime) -> CourseRevision:
    """Load the files as the course's published state; they must have no faults."""
    surroundings = surroundings_of(source.course_key)
    tree = inspect_course(folder_of(source.course_key, manifest), surroundings)[0]
    if tree is None:
        raise NotFound
    content = with_programmes(source.course_key, tree, surroundings)
    revision, _changes = load_course(content, tree, kept_figures(tree), now)
    note_published(source, tree, keep_tree(manifest, now))
    announce(CoursePublished(source.course_key, content))
    return revision


def note_published(source: CourseSource, tree: CourseTree, tree_digest: str) -> None:
    """Keep what the course's published files are, whose it is, and which ids it uses."""
    owner = find_organisation(tree.file.organisation) if tree.file.organisation else None
    source.organisation_id = (owner or ensure_authority()).id
    source.published_tree = tree_digest
    source.question_keys = sorted(question.id for module in tree.modules for question in module.questions)
    source.exam_key = tree.file.exam.id if tree.file.exam else None
    db.session.add(source)
    db.session.flush()


def kept_figures(tree: CourseTree) -> Mapping[str, StoredFigure]:
    """The figures of a course whose files the database keeps, by path."""
    found = {}
    for path in tree.figures.values():
        media = path.media() if isinstance(path, KeptFile) else None
        if media is not None:
            found[path.as_posix()] = StoredFigure(media.digest, media.media_type, media.width, media.height)
    return found


def _record(publication: Publication, revision: CourseRevision, now: datetime) -> None:
    if publication.moving is Moving.MOVE:
        publication.moved = move_trainees(revision, now)
    db.session.add(publication)
    db.session.flush()
