"""Read uploads, their questions, and the bank's questions as authored."""

import string
import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.identifiers import content_id
from app.core.pagination import Page, paginate
from app.files import services as files
from app.quizzes.interchange import policies
from app.quizzes.interchange.authored import authored
from app.quizzes.interchange.media import suffix_of
from app.quizzes.interchange.model import CannotTake, Media, Question, Raw
from app.quizzes.interchange.models import (
    ImportedQuestion,
    QuestionImport,
    QuestionPicture,
    QuestionState,
)
from app.quizzes.models import Question as BankQuestion
from app.quizzes.models import QuestionRevision


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload in the list, with how many of its questions are where."""

    upload: QuestionImport
    person: str | None
    counts: dict[QuestionState, int]


def get_upload_for(actor: Actor, upload_id: uuid.UUID) -> QuestionImport:
    """Raises NotFound when there is none the actor may see."""
    upload = db.session.get(QuestionImport, upload_id, populate_existing=True)
    if upload is None or not policies.can_use(actor, upload):
        raise NotFound
    return upload


def get_draft_for(actor: Actor, question_id: uuid.UUID) -> tuple[ImportedQuestion, QuestionImport]:
    """A kept question that lacks a language. Raises NotFound."""
    question = db.session.get(ImportedQuestion, question_id, populate_existing=True)
    if question is None:
        raise NotFound
    upload = get_upload_for(actor, question.import_id)
    if question.state is not QuestionState.DRAFT:
        raise NotFound
    return question, upload


def list_uploads(actor: Actor, *, page: int = 1) -> Page[UploadRow]:
    """The uploads of the actor's organisations, newest first; four statements whatever their number."""
    statement = (
        select(QuestionImport, Person.name)
        .outerjoin(Person, Person.id == QuestionImport.actor_id)
        .order_by(QuestionImport.created_at.desc())
    )
    if (organisations := policies.reach(actor)) is not None:
        statement = statement.where(QuestionImport.organisation_id.in_(organisations))
    found = paginate(statement, page=page, per_page=30, scalars=False)
    counts = count_questions([row.QuestionImport.id for row in found.items])
    rows = [UploadRow(row.QuestionImport, row.name, counts.get(row.QuestionImport.id, {})) for row in found.items]
    return Page(rows, found.page, found.per_page, found.total)


def count_questions(upload_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[QuestionState, int]]:
    """How many questions of each upload are in which state."""
    counts: dict[uuid.UUID, dict[QuestionState, int]] = {}
    statement = (
        select(ImportedQuestion.import_id, ImportedQuestion.state, func.count())
        .where(ImportedQuestion.import_id.in_(upload_ids))
        .group_by(ImportedQuestion.import_id, ImportedQuestion.state)
    )
    for upload_id, state, number in db.session.execute(statement):
        counts.setdefault(upload_id, {})[state] = number
    return counts


def list_questions(upload_id: uuid.UUID, *, page: int = 1) -> Page[ImportedQuestion]:
    """The questions of an upload in the order of the file."""
    statement = select(ImportedQuestion).filter_by(import_id=upload_id).order_by(ImportedQuestion.position)
    return paginate(statement, page=page, per_page=25)


def present(keys: Iterable[str]) -> dict[str, Raw]:
    """The questions of these keys as the bank has them now, where it has them, as authored."""
    rows = db.session.execute(
        select(BankQuestion.key, QuestionRevision.body)
        .join(QuestionRevision, QuestionRevision.id == BankQuestion.current_revision_id)
        .where(BankQuestion.id.in_([content_id(key) for key in keys]))
    )
    return {row.key: authored(row.key, row.body) for row in rows}


def _bank(actor: Actor | None) -> Select[Any]:
    statement = select(BankQuestion.key, BankQuestion.source, QuestionRevision.body).join(
        QuestionRevision, QuestionRevision.id == BankQuestion.current_revision_id
    )
    organisations = policies.reach(actor) if actor else None
    if organisations is None:
        return statement
    own = (
        select(ImportedQuestion.question_id)
        .join(QuestionImport, QuestionImport.id == ImportedQuestion.import_id)
        .where(QuestionImport.organisation_id.in_(organisations), ImportedQuestion.question_id.is_not(None))
    )
    return statement.where(BankQuestion.id.in_(own))


@dataclass(frozen=True, slots=True)
class Source:
    """Where questions were written, and how many there are."""

    name: str
    count: int


def list_sources(actor: Actor | None) -> list[Source]:
    """The sources of the questions the actor may take out (an operator: all)."""
    inner = _bank(actor).subquery()
    rows = db.session.execute(
        select(inner.c.source, func.count()).group_by(inner.c.source).order_by(inner.c.source)
    )
    return [Source(name, count) for name, count in rows]


def exportable(actor: Actor | None, sources: Sequence[str] = ()) -> list[Question]:
    """The questions the actor may take out, as authored; of some sources, or all."""
    statement = _bank(actor).order_by(BankQuestion.source, BankQuestion.key)
    if sources:
        statement = statement.where(BankQuestion.source.in_(sources))
    return [Question(key, authored(key, body)) for key, _source, body in db.session.execute(statement)]


def get_picture(digest: str, suffix: str, root: Path) -> bytes:
    """The bytes of a picture. Raises NotFound."""
    plain = len(digest) == 64 and all(character in string.hexdigits for character in digest)
    picture = db.session.get(QuestionPicture, digest) if plain else None
    if picture is None or picture.suffix != suffix:
        raise NotFound
    return files.read(root, digest)


def pictures(digests: Collection[str], root: Path) -> dict[str, Media]:
    """The pictures of these digests, as far as they are here."""
    rows = db.session.scalars(select(QuestionPicture).where(QuestionPicture.digest.in_(digests)))
    found = {row.digest: Media(files.read(root, row.digest), row.suffix) for row in rows}
    for digest in digests:  # figures of the courses, which are no import's
        if digest not in found:
            with suppress(NotFound, CannotTake):
                data = files.read(root, digest)
                found[digest] = Media(data, suffix_of(data))
    return found
