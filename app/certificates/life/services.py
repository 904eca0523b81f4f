"""Issue in batches, remind of what runs out, renew, and ask holders to catch up with a law that moved."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from app.audit import services as audit
from app.certificates.completion import issue_certificate
from app.certificates.life import queries, rules
from app.certificates.life.models import (
    BatchState,
    DeltaAssignment,
    ExpiryReminder,
    IssueBatch,
    IssueBatchItem,
    Outcome,
)
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, DocumentKind
from app.cohorts import renewals
from app.cohorts.models import Cohort, Membership
from app.core import clock
from app.core.access import Actor, Role
from app.core.database import db, transaction
from app.core.errors import Conflict, DomainError, NotAllowed
from app.courses import services as courses
from app.jobs import services as jobs
from app.library.models import LawChange

ISSUE_BATCH = queries.JOB_KIND

_OUTCOMES = {
    CertificateState.AWAITING_NAMES: Outcome.AWAITING_NAMES,
    CertificateState.BLOCKED: Outcome.BLOCKED,
}


def order_batch(actor: Actor, cohort: Cohort) -> IssueBatch:
    """Order the certificates that are due in a cohort; the workers issue them one by one.

    Raises NotAllowed, and Conflict when none is due, or when a batch of this cohort is under way.
    """
    if not actor.has_at(cohort.programme.organisation_id, Role.CERTIFIER):
        raise NotAllowed
    db.session.scalar(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())  # two clicks, one batch
    under_way = db.session.scalar(
        select(IssueBatch.id).where(IssueBatch.cohort_id == cohort.id, IssueBatch.state != BatchState.FINISHED)
    )
    if under_way is not None:
        raise Conflict(_("A batch of this cohort is under way. Wait for it, or go on with it."))
    due = queries.due_in(cohort.id)
    if not due:
        raise Conflict(_("No certificate is due in this cohort."))
    batch = IssueBatch(
        cohort_id=cohort.id, organisation_id=cohort.programme.organisation_id, ordered_by=actor.person_id
    )
    db.session.add(batch)
    db.session.flush()
    db.session.add_all(
        IssueBatchItem(batch_id=batch.id, membership_id=row.membership_id, person_id=row.person_id) for row in due
    )
    audit.record(actor, "certificates.order_batch", batch, cohort=str(cohort.id), people=len(due))
    _enqueue(batch, actor)
    return batch


def _demand_order(actor: Actor, batch: IssueBatch) -> None:
    if not actor.has_at(batch.organisation_id, Role.CERTIFIER):
        raise NotAllowed


def _enqueue(batch: IssueBatch, actor: Actor | None) -> None:
    jobs.enqueue(ISSUE_BATCH, {"batch_id": str(batch.id)}, actor=actor)


def go_on(batch_id: uuid.UUID) -> None:
    """Ask the workers to go on with a batch that is under way; does nothing for another."""
    batch = db.session.get(IssueBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is not None and batch.state is BatchState.RUNNING:
        _enqueue(batch, None)


def pause(actor: Actor, batch: IssueBatch) -> None:
    """Stop after the person that is being worked on. Raises Conflict unless it runs."""
    _demand_order(actor, batch)
    if batch.state is not BatchState.RUNNING:
        raise Conflict
    batch.state = BatchState.PAUSED
    audit.record(actor, "certificates.pause_batch", batch)


def resume(actor: Actor, batch: IssueBatch) -> None:
    """Go on with a paused batch. Raises Conflict unless it is paused."""
    _demand_order(actor, batch)
    if batch.state is not BatchState.PAUSED:
        raise Conflict
    batch.state = BatchState.RUNNING
    audit.record(actor, "certificates.resume_batch", batch)
    _enqueue(batch, actor)


def retry(actor: Actor, batch: IssueBatch) -> None:
    """Try those that failed once more. Raises Conflict when nothing failed."""
    _demand_order(actor, batch)
    again = db.session.scalars(
        update(IssueBatchItem)
        .where(IssueBatchItem.batch_id == batch.id, IssueBatchItem.outcome == Outcome.FAILED)
        .values(outcome=Outcome.WAITING, message="", at=None)
        .returning(IssueBatchItem.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not again:
        raise Conflict
    batch.state, batch.finished_at = BatchState.RUNNING, None
    audit.record(actor, "certificates.retry_batch", batch, people=len(again))
    _enqueue(batch, actor)


def work_next(batch_id: uuid.UUID, now: datetime) -> bool:
    """Issue the next certificate of a batch; False when it is paused or nothing waits. One transaction each.

    The batch's row is locked meanwhile, so that two workers never take the same person.
    """
    with transaction():
        batch = db.session.get(IssueBatch, batch_id, with_for_update=True, populate_existing=True)
        if batch is None or batch.state is not BatchState.RUNNING:
            return False
        item = db.session.scalar(
            select(IssueBatchItem)
            .where(IssueBatchItem.batch_id == batch_id, IssueBatchItem.outcome == Outcome.WAITING)
            .order_by(IssueBatchItem.id)
            .limit(1)
        )
        if item is None:
            batch.state, batch.finished_at = BatchState.FINISHED, now
            audit.record(None, "certificates.finish_batch", batch)
            return False
        item.at = now
        try:
            with db.session.begin_nested():
                _issue(item, now)
        except (DomainError, SQLAlchemyError, ValueError, ArithmeticError, LookupError) as error:
            # One person's trouble stops nobody else; the page shows it and offers to try again.
            item.outcome, item.message = Outcome.FAILED, (str(error) or repr(error))[:500]
    return True


def _issue(item: IssueBatchItem, now: datetime) -> None:
    certificate = issue_certificate(item.membership_id, now)
    item.certificate_id = certificate.id
    fresh = certificate.created_at == now
    item.outcome = _OUTCOMES.get(certificate.state, Outcome.ISSUED if fresh else Outcome.EXISTED)
    db.session.flush()


# --- running out and renewing -------------------------------------------------------------------------------


def claim_reminder(certificate: Certificate, now: datetime) -> int | None:
    """The days of the reminder that is due for a certificate, noted as sent in this transaction; else None."""
    assert certificate.expires_on is not None  # noqa: S101 - chosen by it
    sent = db.session.scalars(
        select(ExpiryReminder.days).where(ExpiryReminder.certificate_id == certificate.id)
    ).all()
    days = rules.reminder_due(certificate.expires_on, sent, clock.day_of(now))
    if days is not None:
        db.session.add(ExpiryReminder(certificate_id=certificate.id, days=days, sent_at=now))
        db.session.flush()
    return days


def begin_renewal(actor: Actor, certificate: Certificate, now: datetime) -> Membership:
    """Begin the next cycle of the programme that a certificate is about; the certificate stays as it is.

    Raises NotAllowed for somebody else's, Conflict before the window opens or where nothing can be renewed.
    """
    if certificate.person_id != actor.person_id:
        raise NotAllowed
    renewable = certificate.kind is DocumentKind.COMPLETION and certificate.state is CertificateState.VALID
    opens_days = renewals.renewal_rules({certificate.subject_id}).get(certificate.subject_id)
    if not renewable or certificate.expires_on is None or opens_days is None:
        raise Conflict(_("This certificate cannot be renewed."))
    if clock.day_of(now) < rules.renewal_opens(certificate.expires_on, opens_days):
        raise Conflict(_("The renewal is not open yet."))
    membership = renewals.begin_renewal(actor, certificate.subject_id, now)
    audit.record(actor, "certificates.begin_renewal", certificate, membership=str(membership.id))
    return membership


# --- law that has moved --------------------------------------------------------------------------------------


def assign_delta(actor: Actor, change: LawChange, touched: queries.Touched, now: datetime) -> DeltaAssignment:
    """Ask a holder to study a course as it is now: what changed, and its examination. Again changes nothing."""
    if touched.assignment is not None:
        return touched.assignment
    enrolment = courses.enrol_again(
        actor,
        person_id=touched.person.id,
        course_key=touched.course_key,
        source=f"law:{change.instrument.key}",
        delta=True,
        now=now,
    )
    assignment = DeltaAssignment(
        law_change_id=change.id,
        certificate_id=touched.certificate.id,
        enrolment_id=enrolment.id,
        assigned_by=actor.person_id,
    )
    db.session.add(assignment)
    db.session.flush()
    audit.record(
        actor, "certificates.assign_delta", touched.certificate, course=touched.course_key, change=str(change.id)
    )
    return assignment
