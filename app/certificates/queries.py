"""Read certificates."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.certificates import policies
from app.certificates.models import Certificate, StatusEvent
from app.certificates.rules import (
    CertificateState,
    DocumentKind,
    Snapshot,
    has_expired,
)
from app.core import clock
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.jobs.models import Job, JobState


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate with the state of its file: the last rendering job's, None before it is issued."""

    certificate: Certificate
    job_state: JobState | None

    @property
    def preparing(self) -> bool:
        """Issued, but its file is not there yet."""
        return self.certificate.number is not None and self.certificate.file_digest is None

    @property
    def failed(self) -> bool:
        """Its file could not be made; somebody has to ask again."""
        return self.preparing and self.job_state in {JobState.FAILED, JobState.CANCELLED}

    @property
    def coming(self) -> bool:
        """Its file will be there soon, without anybody's doing."""
        return self.preparing and not self.failed


def get_certificate_for(actor: Actor, certificate_id: uuid.UUID, *, lock: bool = False) -> Certificate:
    """A certificate the actor may see, with its holder. Raises NotFound. ``lock`` before changing it."""
    statement = select(Certificate).where(Certificate.id == certificate_id).options(joinedload(Certificate.person))
    if lock:
        statement = statement.with_for_update(of=Certificate).execution_options(populate_existing=True)
    certificate = db.session.scalar(statement)
    if certificate is None or not policies.can_see(actor, certificate):
        raise NotFound
    return certificate


def get_certificate(certificate_id: uuid.UUID) -> Certificate:
    """A certificate, for jobs. Raises NotFound."""
    certificate = db.session.scalar(
        select(Certificate).where(Certificate.id == certificate_id).options(joinedload(Certificate.person))
    )
    if certificate is None:
        raise NotFound
    return certificate


def find_by_number(number: str) -> Certificate | None:
    """The issued certificate with this number, as ``numbers.parse_number`` writes it."""
    return db.session.scalar(select(Certificate).where(Certificate.number == number))


def certificates_of(person_id: uuid.UUID, kind: DocumentKind | None = None) -> list[Held]:
    """A person's certificates, newest first, those replaced after their successors; one statement."""
    statement = (
        select(Certificate, Job.state)
        .outerjoin(Job, Job.id == Certificate.render_job_id)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.created_at.desc(), Certificate.id.desc())
    )
    if kind is not None:
        statement = statement.where(Certificate.kind == kind)
    return [Held(*row) for row in db.session.execute(statement)]


def held(certificate: Certificate) -> Held:
    """A certificate with the state of its rendering."""
    state = None
    if certificate.render_job_id:
        state = db.session.scalar(select(Job.state).where(Job.id == certificate.render_job_id))
    return Held(certificate, state)


def get_valid_certificates(person_id: uuid.UUID, now: datetime) -> list[Certificate]:
    """A person's certificates of completion that are valid and have not expired; oldest first."""
    today = clock.day_of(now)
    rows = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.kind == DocumentKind.COMPLETION,
            Certificate.state == CertificateState.VALID,
        )
        .order_by(Certificate.issued_at)
    )
    return [row for row in rows if row.snapshot and not has_expired(Snapshot.from_json(row.snapshot), today)]


def history(certificate_id: uuid.UUID) -> Sequence[StatusEvent]:
    """Everything that happened to it, first to last."""
    return db.session.scalars(
        select(StatusEvent).where(StatusEvent.certificate_id == certificate_id).order_by(StatusEvent.ordinal)
    ).all()


def successor_of(certificate_id: uuid.UUID) -> Certificate | None:
    """The certificate that replaced this one."""
    return db.session.scalar(select(Certificate).where(Certificate.replaces_id == certificate_id))


def list_kept(
    actor: Actor,
    *,
    state: CertificateState | None = None,
    kind: DocumentKind | None = None,
    troubled: bool = False,
    text: str = "",
    page: int = 1,
) -> Page[tuple[Certificate, JobState | None]]:
    """Certificates of the bodies whose keeper the actor is, newest first; two statements.

    ``text`` is part of a number or name. ``troubled``: only those that wait for somebody here to act.
    """
    statement = (
        select(Certificate, Job.state)
        .join(Person, Person.id == Certificate.person_id)
        .outerjoin(Job, Job.id == Certificate.render_job_id)
        .options(joinedload(Certificate.person))
        .order_by(Certificate.created_at.desc(), Certificate.id.desc())
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(Certificate.organisation_id.in_(bodies))
    if state is not None:
        statement = statement.where(Certificate.state == state)
    if kind is not None:
        statement = statement.where(Certificate.kind == kind)
    if troubled:
        statement = statement.where(_is_troubled())
    if text:
        pattern = f"%{text.replace('%', '').replace('_', '')}%"
        statement = statement.where(
            or_(Certificate.number.ilike(pattern), Person.name.like(pattern), Person.latin_name.ilike(pattern))
        )
    return paginate(statement, page=page, scalars=False)


def _is_troubled() -> ColumnElement[bool]:
    failed = (Job.state == JobState.FAILED) & Certificate.file_digest.is_(None)
    return or_(Certificate.state == CertificateState.BLOCKED, failed)


def count_troubled(actor: Actor) -> int:
    """How many certificates wait for a keeper to act: a name that cannot be set, a file that failed."""
    statement = (
        select(func.count())
        .select_from(Certificate)
        .outerjoin(Job, Job.id == Certificate.render_job_id)
        .where(_is_troubled())
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(Certificate.organisation_id.in_(bodies))
    return db.session.scalar(statement) or 0
