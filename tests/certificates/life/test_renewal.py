"""A result runs out, its holder is reminded and renews: another cycle and certificate, the first intact."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.certificates import services as certificates
from app.certificates.life import queries, services
from app.certificates.life.models import ExpiryReminder
from app.certificates.life.tasks import remind
from app.certificates.models import Certificate
from app.certificates.queries import certificates_of, get_certificate
from app.certificates.rules import CertificateState, RevocationClass, SuspensionClass
from app.cohorts import queries as cohorts
from app.cohorts import renewals
from app.cohorts.record_rows import record_rows
from app.cohorts.rules import Step
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, Invalid, NotAllowed
from app.mail.models import OutgoingMail
from app.organisations.queries import get_organisation
from tests.support.cast import Cast, as_actor
from tests.support.cohorts import certify, pass_course
from tests.support.courses import sync_folder
from tests.support.graduates import graduate


@pytest.fixture(autouse=True)
def programme(app: Flask) -> None:
    with app.app_context():
        sync_folder()


@pytest.fixture
def certificate(app: Flask, cast: Cast) -> Certificate:
    with app.app_context():
        return graduate(cast, cast.trainee)


def authority_certifier(cast: Cast) -> Actor:
    return as_actor(cast.certifier, Grant(Role.CERTIFIER, get_organisation("small-authority").id))


def near_the_end(certificate: Certificate, days: int = 60) -> timedelta:
    """How far the clock has to move."""
    assert certificate.expires_on is not None
    return certificate.expires_on - timedelta(days=days) - clock.day_of(clock.now())


def state_of(certificate: Certificate) -> CertificateState:
    """Read anew: the checker of types believes that it never changes."""
    return certificate.state


def letters(person_id: object) -> int:
    release()
    query = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.person_id == person_id)
    return db.session.scalar(query.where(OutgoingMail.subject.contains("考核结果"))) or 0


def test_it_expires_when_the_result_does(certificate: Certificate) -> None:
    assert certificate.snapshot is not None
    claims = certificate.snapshot["document"]["claims"]
    assert certificate.expires_on is not None
    assert certificate.expires_on.isoformat() == claims["result_valid_until"]


def test_holders_are_reminded_once_at_each_mark(cast: Cast, certificate: Certificate) -> None:
    for days, expected in ((91, 0), (90, 1), (60, 1), (30, 2), (7, 3), (2, 3), (-1, 3)):
        with clock.frozen_at(clock.now() + near_the_end(certificate, days)):
            remind()
            remind()
        assert letters(cast.trainee.id) == expected, days
    assert sorted(db.session.scalars(select(ExpiryReminder.days))) == [7, 30, 90]


def test_a_renewal_waits_for_its_window_and_belongs_to_its_holder(cast: Cast, certificate: Certificate) -> None:
    now = clock.now()
    with transaction(), pytest.raises(Conflict):
        services.begin_renewal(as_actor(cast.trainee), certificate, now)
    later = now + near_the_end(certificate)
    with transaction(), pytest.raises(NotAllowed):
        services.begin_renewal(as_actor(cast.cohort_mate), certificate, later)


def test_a_renewal_is_a_new_cycle_and_leaves_the_first_certificate_intact(
    app: Flask, cast: Cast, certificate: Certificate
) -> None:
    actor, before = as_actor(cast.trainee), (certificate.snapshot_digest, certificate.number)
    with app.app_context(), clock.frozen_at(clock.now() + near_the_end(certificate)):
        release()
        with transaction():
            membership = services.begin_renewal(actor, get_certificate(certificate.id), clock.now())
            assert services.begin_renewal(actor, get_certificate(certificate.id), clock.now()).id == membership.id
        membership_id = membership.id
        assert _step(cast.trainee) is Step.STUDY, "what was done in the first cycle does not count again"
        pass_course(cast.trainee)
        assert _step(cast.trainee) is Step.CERTIFICATION_EXAM
        certify(cast.trainee, membership_id)
        assert _step(cast.trainee) is Step.DECLARATION
        with transaction(), pytest.raises(Invalid):
            renewals.declare(actor, cohorts.memberships_of(cast.trainee.id)[0], accepted=False, now=clock.now())
        assert len(certificates_of(cast.trainee.id)) == 1
        release()
        with transaction():
            mine = cohorts.get_membership_for(actor, membership_id)
            renewals.declare(actor, mine, accepted=True, now=clock.now())
        release()
        second, first = (held.certificate for held in certificates_of(cast.trainee.id))
        assert (first.state, second.state) == (CertificateState.VALID, CertificateState.VALID)
        assert (first.snapshot_digest, first.number) == before
        assert second.cycle == 2
        assert second.snapshot is not None
        assert second.snapshot["document"]["claims"]["examination"]["en"] == "Test law-update test"
        assert first.expires_on is not None
        assert second.expires_on is not None
        assert second.expires_on > first.expires_on
        assert queries.renewal_of(first, clock.day_of(clock.now())) is None, "it has been renewed"
        remind()
        release()
        assert cohorts.present_record(membership_id, clock.now()).complete, "the declaration counts too"
        keys = ("courses_done", "hours", "exam_percent", "exam_result")
        memberships = cohorts.memberships_of(cast.trainee.id)
        rows = [list(record_rows(one.cohort, keys)) for one in memberships]
        assert [[row[0] for row in found] for found in rows] == [[1], [1]], "studied twice, counted once"
        assert rows[0][0] == rows[1][0]
        assert rows[0][0][3] == "合格"
        release()
    assert letters(cast.trainee.id) == 0


def _step(person: Person) -> Step:
    """What she has to do next in her newest membership."""
    release()
    step = cohorts.places(cohorts.memberships_of(person.id)[:1], clock.now())[0].progress.step
    release()
    return step


def test_suspension_can_be_lifted_or_end_in_revocation(cast: Cast, certificate: Certificate) -> None:
    actor = authority_certifier(cast)
    release()
    with transaction():
        one = get_certificate(certificate.id)
        with pytest.raises(NotAllowed):
            certificates.suspend(as_actor(cast.trainee), one, SuspensionClass.OTHER, "因故暂停", clock.now())
        certificates.suspend(actor, one, SuspensionClass.RESULT_IN_DOUBT, "成绩复核中。", clock.now())
        with pytest.raises(Conflict):
            certificates.suspend(actor, one, SuspensionClass.OTHER, "再次暂停。", clock.now())
        assert queries.renewal_of(one, clock.day_of(clock.now())) is None
        certificates.reinstate(actor, one, "复核无误。", clock.now())
        assert state_of(one) is CertificateState.VALID
        with pytest.raises(Conflict):
            certificates.reinstate(actor, one, "重复恢复。", clock.now())
        certificates.suspend(actor, one, SuspensionClass.UNDER_INVESTIGATION, "收到举报。", clock.now())
        certificates.revoke(actor, one, RevocationClass.EXAMINATION_MISCONDUCT, "查证属实。", clock.now())
        assert state_of(one) is CertificateState.REVOKED
        with pytest.raises(Conflict):
            certificates.reinstate(actor, one, "不可恢复。", clock.now())
