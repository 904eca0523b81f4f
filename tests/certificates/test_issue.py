"""Issuing: once, waiting for names, stopped by characters that cannot be printed, numbered without gaps."""

import uuid

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from app.accounts.models import Person
from app.certificates import queries, services
from app.certificates.models import Certificate, NumberSeries, StatusEvent
from app.certificates.numbers import parse_number
from app.certificates.rules import CertificateState, Snapshot, StatusKind, state_after
from app.core import clock
from app.core.database import db, transaction
from app.jobs.models import Job
from tests.support.cast import Cast
from tests.support.certificates import completion_draft, confirm, make_certificate


def kinds(certificate: Certificate) -> list[StatusKind]:
    return [event.kind for event in queries.history(certificate.id)]


def test_issue_freezes_what_the_certificate_states(cast: Cast) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)

    assert certificate.state is CertificateState.VALID
    assert certificate.number == parse_number(certificate.number or "")
    assert certificate.snapshot is not None
    snapshot = Snapshot.from_json(certificate.snapshot)
    assert snapshot.holder.name == "林见微"
    assert snapshot.digest == certificate.snapshot_digest
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    assert kinds(certificate) == [StatusKind.AWAITING_NAMES, StatusKind.ISSUED]


def test_asking_again_gives_the_same_certificate(cast: Cast) -> None:
    subject = uuid.uuid4()
    first = make_certificate(cast.trainee, cast.authority, subject_id=subject)
    again = make_certificate(cast.trainee, cast.authority, subject_id=subject)

    assert again.id == first.id
    assert db.session.scalar(select(NumberSeries.last)) == 1
    assert len(db.session.scalars(select(Job).where(Job.kind == services.RENDER)).all()) == 1


def test_another_cycle_gets_another_certificate(cast: Cast) -> None:
    confirm(cast.trainee)
    subject = uuid.uuid4()
    with transaction():
        issued = [
            services.issue(
                completion_draft(cycle=cycle),
                person_id=cast.trainee.id,
                subject_id=subject,
                organisation_id=cast.authority.id,
                now=clock.now(),
            )
            for cycle in (1, 2)
        ]
    assert [certificate.serial for certificate in issued] == [1, 2]


def test_waits_for_confirmed_names(cast: Cast) -> None:
    certificate = make_certificate(cast.trainee, cast.authority, confirmed=False)
    assert certificate.state is CertificateState.AWAITING_NAMES
    assert certificate.number is None

    with transaction():
        assert db.session.scalar(select(NumberSeries.last)) is None, "a number was spent"
        person = db.session.get_one(Person, cast.trainee.id)
        person.name, person.names_confirmed_at = "林见薇", clock.now()
        db.session.flush()
        assert services.issue_waiting(person.id, clock.now()) == 1
    assert certificate.snapshot is not None
    assert Snapshot.from_json(certificate.snapshot).holder.name == "林见薇"
    with transaction():
        assert services.issue_waiting(cast.trainee.id, clock.now()) == 0


@pytest.mark.parametrize("character", ["\U0001f600", "\U00031350"])
def test_a_name_that_cannot_be_printed_stops_the_issue(cast: Cast, character: str) -> None:
    with transaction():
        db.session.get_one(Person, cast.trainee.id).name = f"林{character}"
    certificate = make_certificate(cast.trainee, cast.authority)

    assert certificate.state is CertificateState.BLOCKED
    assert certificate.missing_characters == character
    assert certificate.number is None
    assert kinds(certificate)[-1] is StatusKind.BLOCKED


def test_rare_characters_of_names_can_be_printed(cast: Cast) -> None:
    with transaction():
        db.session.get_one(Person, cast.trainee.id).name = "䶮㛃㑇𬭎𬀩𫖯"
    assert make_certificate(cast.trainee, cast.authority).state is CertificateState.VALID


def test_a_rolled_back_issue_leaves_no_gap(cast: Cast) -> None:
    make_certificate(cast.trainee, cast.authority)
    confirm(cast.cohort_mate)
    with pytest.raises(ZeroDivisionError), transaction():
        services.issue(
            completion_draft(),
            person_id=cast.cohort_mate.id,
            subject_id=uuid.uuid4(),
            organisation_id=cast.authority.id,
            now=clock.now(),
        )
        raise ZeroDivisionError
    assert make_certificate(cast.cohort_mate, cast.authority).serial == 2


def test_state_is_what_the_history_says(cast: Cast) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    assert certificate.state is state_after(kinds(certificate))


@pytest.mark.parametrize(
    "change",
    [
        update(Certificate).values(snapshot={"number": "another"}),
        update(Certificate).values(snapshot_digest="0" * 64),
        update(Certificate).values(number="OIPA-2026-000999-01"),
        update(Certificate).values(person_id=uuid.uuid4()),
        delete(Certificate),
        update(StatusEvent).values(reason="never happened"),
        delete(StatusEvent),
    ],
    ids=["snapshot", "digest", "number", "person", "delete", "event", "delete event"],
)
def test_the_database_refuses_to_change_what_was_certified(cast: Cast, change: object) -> None:
    make_certificate(cast.trainee, cast.authority)
    with pytest.raises(DatabaseError, match="never changes"), transaction() as session:
        session.execute(change)  # type: ignore[call-overload]


def test_the_database_refuses_a_valid_certificate_without_a_number(cast: Cast) -> None:
    make_certificate(cast.trainee, cast.authority, confirmed=False)
    with pytest.raises(DatabaseError, match="issued_is_complete"), transaction() as session:
        session.execute(update(Certificate).values(state=CertificateState.VALID))
