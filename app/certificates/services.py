"""Issue, revoke and reissue documents. Everything here runs inside the caller's transaction()."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.audit import services as audit
from app.certificates import numbers, policies
from app.certificates.credentials import services as credentials
from app.certificates.decisions.queries import is_held
from app.certificates.fonts import missing_characters
from app.certificates.keys.queries import is_ready
from app.certificates.models import Certificate, NumberSeries, StatusEvent
from app.certificates.rendering.style import in_style
from app.certificates.rules import (
    SERIES,
    CertificateState,
    Draft,
    Names,
    RevocationClass,
    Snapshot,
    StatusKind,
    SuspensionClass,
    expires_on,
    may_follow,
    state_after,
)
from app.certificates.styles.queries import current_style
from app.core import clock
from app.core.access import Actor
from app.core.database import db, upsert
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.identifiers import new_id
from app.jobs import services as jobs

RENDER = "certificates.render"


def issue(
    draft: Draft, *, person_id: uuid.UUID, subject_id: uuid.UUID, organisation_id: uuid.UUID, now: datetime
) -> Certificate:
    """Issue a document, exactly once a person, subject and cycle however often and by whomever it is asked.

    The second request gets the first one's certificate. It waits in ``awaiting_names`` for names not yet
    confirmed, and in ``blocked`` for characters the fonts lack or for keys to sign with; no number is spent
    before it is issued.
    """
    identity = new_id()
    inserted = db.session.scalar(
        upsert(Certificate)
        .values(
            id=identity,
            created_at=now,
            kind=draft.kind,
            person_id=person_id,
            subject_id=subject_id,
            cycle=draft.cycle,
            organisation_id=organisation_id,
            state=CertificateState.AWAITING_NAMES,
            draft=draft.to_json(),
        )
        .on_conflict_do_nothing()
        .returning(Certificate.id)
    )
    certificate = db.session.scalars(
        select(Certificate).where(
            Certificate.person_id == person_id,
            Certificate.kind == draft.kind,
            Certificate.subject_id == subject_id,
            Certificate.cycle == draft.cycle,
            Certificate.replaces_id.is_(None),
        )
    ).one()
    if inserted is not None:
        _append(certificate, StatusKind.AWAITING_NAMES, now)
        complete_issue(certificate, now)
    return certificate


def complete_issue(certificate: Certificate, now: datetime) -> None:
    """Issue a waiting certificate if its names are confirmed and can be printed; else note what it waits for.

    While a certifier has to decide about it after a regrade, or has decided against it, nothing happens.
    """
    person = db.session.get_one(Person, certificate.person_id)
    if person.names_confirmed_at is None or is_held(certificate.id):
        return
    _issue_with(certificate, Names(person.name, person.latin_name), now, None)


def issue_waiting(person_id: uuid.UUID, now: datetime) -> int:
    """Issue everything that waited for this person's names; how many were issued."""
    waiting = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.state.in_((CertificateState.AWAITING_NAMES, CertificateState.BLOCKED)),
            Certificate.replaces_id.is_(None),
        )
        .order_by(Certificate.created_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for certificate in waiting:
        complete_issue(certificate, now)
    return sum(certificate.state is CertificateState.VALID for certificate in waiting)


def issue_without_keys(now: datetime) -> int:
    """Issue everything that stopped because there was nothing to sign with; how many were issued."""
    stopped = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.state == CertificateState.BLOCKED,
            Certificate.missing_characters == "",
            Certificate.replaces_id.is_(None),
        )
        .order_by(Certificate.created_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for certificate in stopped:
        complete_issue(certificate, now)
    return sum(certificate.state is CertificateState.VALID for certificate in stopped)


def retry(actor: Actor, certificate: Certificate, now: datetime) -> None:
    """Try again what stopped: the issue of a blocked certificate, or a rendering that failed.

    Raises NotAllowed, and Conflict when there is nothing to repeat.
    """
    if not policies.can_unblock(actor, certificate):
        raise NotAllowed
    if certificate.state is CertificateState.BLOCKED:
        complete_issue(certificate, now)
    elif certificate.number and certificate.file_digest is None:
        if certificate.render_job_id is None:
            raise Conflict
        jobs.retry_job(certificate.render_job_id, now)
    else:
        raise Conflict
    audit.record(actor, "certificates.retry", certificate)


def revoke(actor: Actor, certificate: Certificate, kind: RevocationClass, reason: str, now: datetime) -> None:
    """Take a certificate back; it stays on record with the reason. Raises NotAllowed or Conflict."""
    if certificate.state is not CertificateState.SUSPENDED or not policies.can_certify(actor, certificate):
        _demand_change(actor, certificate)
    _append(certificate, StatusKind.REVOKED, now, reason_class=kind.value, reason=reason, actor=actor)
    audit.record(actor, "certificates.revoke", certificate, reason=reason, reason_class=kind.value)


def suspend(actor: Actor, certificate: Certificate, kind: SuspensionClass, reason: str, now: datetime) -> None:
    """Hold a certificate back while something is looked into. Raises NotAllowed, Conflict unless it is valid."""
    _demand_change(actor, certificate)
    _append(certificate, StatusKind.SUSPENDED, now, reason_class=kind.value, reason=reason, actor=actor)
    audit.record(actor, "certificates.suspend", certificate, reason=reason, reason_class=kind.value)


def reinstate(actor: Actor, certificate: Certificate, reason: str, now: datetime) -> None:
    """Let a suspended certificate be valid again. Raises NotAllowed, Conflict unless it is suspended."""
    if not policies.can_certify(actor, certificate):
        raise NotAllowed
    _append(certificate, StatusKind.REINSTATED, now, reason=reason, actor=actor)
    audit.record(actor, "certificates.reinstate", certificate, reason=reason)


def reissue(actor: Actor, certificate: Certificate, names: Names, reason: str, now: datetime) -> Certificate:
    """Issue it again with corrected names: the new one has its own number, the old one is superseded.

    Raises NotAllowed, or Conflict when the certificate is no longer valid or the names did not change.
    """
    _demand_change(actor, certificate)
    assert certificate.snapshot is not None  # noqa: S101 - a valid certificate has one (check constraint)
    if Snapshot.from_json(certificate.snapshot).holder == names:
        raise Conflict(code="names_unchanged")
    draft = Draft.from_json(certificate.draft)
    return _succeed(actor, certificate, draft=draft, names=names, reason_class="names", reason=reason, now=now)


def reissue_corrected(
    actor: Actor, certificate: Certificate, draft: Draft, reason: str, now: datetime
) -> Certificate:
    """Issue it again with corrected claims, under the same names. The upper package authorised it.

    A revoked one gets a successor too; it stays revoked. Raises Conflict.
    """
    assert certificate.snapshot is not None  # noqa: S101 - an issued certificate has one (check constraint)
    names = Snapshot.from_json(certificate.snapshot).holder
    return _succeed(actor, certificate, draft=draft, names=names, reason_class="result", reason=reason, now=now)


def _succeed(
    actor: Actor,
    certificate: Certificate,
    *,
    draft: Draft,
    names: Names,
    reason_class: str,
    reason: str,
    now: datetime,
) -> Certificate:
    """A certificate in place of another one, which is superseded unless it was revoked."""
    successor = Certificate(
        kind=certificate.kind,
        person_id=certificate.person_id,
        subject_id=certificate.subject_id,
        cycle=certificate.cycle,
        organisation_id=certificate.organisation_id,
        replaces_id=certificate.id,
        state=CertificateState.AWAITING_NAMES,
        draft=draft.to_json(),
    )
    db.session.add(successor)
    db.session.flush()
    missing = _missing(draft, names)
    if missing:
        raise Conflict(missing, code="missing_characters")
    if not is_ready():
        raise Conflict(code="no_keys")
    _append(successor, StatusKind.AWAITING_NAMES, now, actor=actor)
    _issue_with(successor, names, now, actor)
    if certificate.state is not CertificateState.REVOKED:
        _append(certificate, StatusKind.SUPERSEDED, now, reason_class=reason_class, reason=reason, actor=actor)
    audit.record(actor, "certificates.reissue", certificate, reason=reason, successor=str(successor.id))
    return successor


def end(actor: Actor, certificate_id: uuid.UUID, reason_class: str, reason: str, now: datetime) -> None:
    """An appointment ended before its term: its letter says so from now on. The upper package authorised it."""
    certificate = db.session.get(Certificate, certificate_id, with_for_update=True)
    if certificate is None:
        raise NotFound
    _append(certificate, StatusKind.ENDED, now, reason_class=reason_class, reason=reason, actor=actor)


def note_rendered(certificate_id: uuid.UUID, digest: str, size: int, now: datetime) -> bool:
    """Record the stored file of a certificate; False when another worker already did."""
    updated = db.session.scalar(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.file_digest.is_(None))
        .values(file_digest=digest, file_size=size, rendered_at=now)
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    return updated is not None


def take_serial(name: str) -> int:
    """The next serial of a series. Its row stays locked until the commit: a rollback gives the number back."""
    statement = upsert(NumberSeries).values(name=name, last=1)
    serial: int = db.session.scalars(
        statement.on_conflict_do_update(
            index_elements=[NumberSeries.name], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    ).one()
    return serial


def _demand_change(actor: Actor, certificate: Certificate) -> None:
    if not policies.can_certify(actor, certificate):
        raise NotAllowed
    if certificate.state is not CertificateState.VALID:
        raise Conflict(code="not_valid")


def _issue_with(certificate: Certificate, names: Names, now: datetime, actor: Actor | None) -> None:
    draft = Draft.from_json(certificate.draft)
    style = current_style(certificate.organisation_id)
    missing = _missing(draft, names)
    if missing or not is_ready():
        if certificate.state is not CertificateState.BLOCKED:
            why = "missing_characters" if missing else "no_keys"
            _append(certificate, StatusKind.BLOCKED, now, reason_class=why, reason=missing)
        certificate.missing_characters = missing
        return
    day = clock.day_of(now)
    prefix = SERIES[draft.kind]
    series = f"{prefix}-{day.year}"
    serial = take_serial(series)
    number = numbers.make_number(prefix, day.year, serial)
    snapshot = Snapshot(number, day.isoformat(), names, in_style(draft, style), style.digest)
    certificate.series, certificate.serial, certificate.number = series, serial, number
    certificate.code = numbers.new_code()
    certificate.issued_at = now
    certificate.snapshot = snapshot.to_json()
    certificate.snapshot_digest = snapshot.digest
    certificate.expires_on = expires_on(snapshot)
    certificate.missing_characters = ""
    _append(certificate, StatusKind.ISSUED, now, actor=actor)
    _request_rendering(certificate, actor)
    audit.record(actor, "certificates.issue", certificate, number=number)


def _missing(draft: Draft, names: Names) -> str:
    texts: list[str] = [names.name, names.latin]

    def collect(value: Any) -> None:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            for item in value.values():
                collect(item)
        elif isinstance(value, list | tuple):
            for item in value:
                collect(item)

    collect(draft.to_json())
    return missing_characters(texts)


def _request_rendering(certificate: Certificate, actor: Actor | None) -> None:
    payload = {"certificate_id": str(certificate.id)}
    job = jobs.enqueue(RENDER, payload, unique_key=f"{RENDER}:{certificate.id}", actor=actor)
    certificate.render_job_id = job.id


def _append(
    certificate: Certificate,
    kind: StatusKind,
    now: datetime,
    *,
    reason_class: str = "",
    reason: str = "",
    actor: Actor | None = None,
) -> None:
    """Add an event, and move the cached state to where the history now leads. Raises Conflict."""
    with db.session.no_autoflush:  # what the event is about and the new state go to the database together
        ordinal = db.session.scalar(
            select(func.coalesce(func.max(StatusEvent.ordinal), 0)).where(
                StatusEvent.certificate_id == certificate.id
            )
        )
    assert ordinal is not None  # noqa: S101 - coalesce
    if not may_follow(certificate.state if ordinal else None, kind):
        raise Conflict(code="not_valid")
    state = state_after([kind])
    assert state is not None  # noqa: S101 - one event leads somewhere
    certificate.state = state
    db.session.add(
        StatusEvent(
            certificate_id=certificate.id,
            ordinal=ordinal + 1,
            at=now,
            kind=kind,
            reason_class=reason_class,
            reason=reason,
            actor_id=actor.person_id if actor else None,
        )
    )
    db.session.flush()
    credentials.note_event(certificate, kind, now)
