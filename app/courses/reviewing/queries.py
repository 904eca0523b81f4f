"""What a draft changes, what is said about it, and what was published before."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.queries import people_named
from app.core import markdown
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.courses.authoring import queries as authoring
from app.courses.authoring.models import CourseSource, Draft, DraftReview, Publication
from app.courses.authoring.policies import AUTHORS
from app.courses.authoring.rules import DraftState, Manifest
from app.courses.authoring.sources import manifest_of, texts_of
from app.courses.models import CourseRevision
from app.courses.reviewing import rules
from app.courses.reviewing.models import RemarkState, ReviewRemark
from app.courses.reviewing.rules import Hunk, SectionPair


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Thread:
    """A remark with its answers; ``line`` is where its words stand now, None when they are gone."""

    remark: ReviewRemark
    answers: tuple[ReviewRemark, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """What becomes of a file between two trees. Without texts it is a figure or another file kept whole."""

    path: str
    kind: ChangeKind
    before: str | None
    after: str | None
    before_digest: str | None
    after_digest: str | None

    @property
    def is_text(self) -> bool:
        return self.before is not None or self.after is not None

    def hunks(self) -> list[Hunk]:
        """The changes line by line."""
        return rules.compare(self.before or "", self.after or "") if self.is_text else []

    def sections(self) -> list[SectionPair]:
        """The changed sections of a lesson, to be shown as readers see them."""
        if not self.path.endswith(".md"):
            return []
        sources = self.before or "", self.after or ""
        old, new = (markdown.parse(source) for source in sources)
        return rules.changed_sections(old, new, sources)


def changes_between(before: Manifest, after: Manifest) -> list[FileChange]:
    """Every file that differs between two trees, by path. Two statements at most."""
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    digests = {tree[path] for tree in (before, after) for path in paths if path in tree}
    texts = texts_of(digests)
    return [_change(path, before.get(path), after.get(path), texts) for path in paths]


def _change(path: str, old: str | None, new: str | None, texts: Mapping[str, str]) -> FileChange:
    kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED if new is None else ChangeKind.CHANGED
    return FileChange(path, kind, texts.get(old or ""), texts.get(new or ""), old, new)


def changes_of(draft: Draft) -> list[FileChange]:
    """What the draft changes against the published files it rests on."""
    return changes_between(manifest_of(draft.base_tree), authoring.manifest_of_draft(draft.id))


# --- remarks -------------------------------------------------------------------------------------------------


def threads_of(draft_id: uuid.UUID, texts: Mapping[str, str]) -> dict[str, list[Thread]]:
    """Remarks by file in the order of their lines; ``texts`` are the files as they are now. One statement."""
    rows = db.session.scalars(
        select(ReviewRemark)
        .where(ReviewRemark.draft_id == draft_id)
        .order_by(ReviewRemark.created_at, ReviewRemark.id)
    ).all()
    answers: dict[uuid.UUID, list[ReviewRemark]] = {}
    for row in rows:
        if row.parent_id is not None:
            answers.setdefault(row.parent_id, []).append(row)
    threads: dict[str, list[Thread]] = {}
    for row in rows:
        if row.parent_id is None:
            line = rules.place_of(row.quote, row.line, texts.get(row.path, ""))
            threads.setdefault(row.path, []).append(Thread(row, tuple(answers.get(row.id, ())), line))
    for found in threads.values():
        found.sort(key=lambda thread: thread.line or 0)
    return threads


def remark_for(actor: Actor, remark_id: uuid.UUID, *, lock: bool = False) -> ReviewRemark:
    """A remark on a draft that the actor may see. Raises NotFound."""
    statement = select(ReviewRemark).where(ReviewRemark.id == remark_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    remark = db.session.scalar(statement)
    if remark is None:
        raise NotFound
    authoring.draft_for(actor, remark.draft_id)
    return remark


def count_open_remarks(draft_id: uuid.UUID) -> int:
    """Comments that nobody has settled."""
    return (
        db.session.scalar(
            select(func.count()).where(
                ReviewRemark.draft_id == draft_id,
                ReviewRemark.parent_id.is_(None),
                ReviewRemark.state == RemarkState.OPEN,
            )
        )
        or 0
    )


def names_in(remarks: Collection[ReviewRemark], reviews: Sequence[DraftReview]) -> dict[uuid.UUID, str]:
    """Names of everybody who said something. One statement."""
    ids = {remark.person_id for remark in remarks} | {review.reviewer_id for review in reviews}
    return {person_id: person.name for person_id, person in people_named(list(ids)).items()}


def count_to_review(actor: Actor) -> int:
    """Drafts that wait for a reviewer and of which the actor wrote nothing."""
    statement = (
        select(Draft.id)
        .join(CourseSource, CourseSource.course_key == Draft.course_key)
        .where(Draft.state == DraftState.IN_REVIEW)
    )
    organisations = actor.organisations(*AUTHORS)
    if organisations is not None:
        statement = statement.where(CourseSource.organisation_id.in_(organisations))
    drafts = db.session.scalars(statement).all()
    return sum(actor.person_id not in authors for authors in authoring.authors_in(drafts).values())


# --- history -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Published:
    """A publication with the revision that it made and the people who made it."""

    publication: Publication
    revision: int
    author: str | None
    reviewer: str | None


def history_of(course_key: str) -> list[Published]:
    """What was published, the latest first. Two statements."""
    author, reviewer = Person.__table__.alias("author"), Person.__table__.alias("reviewer")
    rows = db.session.execute(
        select(Publication, CourseRevision.number, author.c.name, reviewer.c.name)
        .join(CourseRevision, CourseRevision.id == Publication.course_revision_id)
        .outerjoin(author, author.c.id == Publication.author_id)
        .outerjoin(reviewer, reviewer.c.id == Publication.reviewer_id)
        .where(Publication.course_key == course_key)
        .order_by(Publication.created_at.desc(), Publication.id.desc())
    ).all()
    return [Published(*row) for row in rows]


def published_tree(course_key: str, publication_id: uuid.UUID) -> Publication:
    """A publication of the course. Raises NotFound."""
    found = db.session.get(Publication, publication_id)
    if found is None or found.course_key != course_key:
        raise NotFound
    return found
