"""A regrade revokes and issues nothing: a certifier decides, and not the one who regraded."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from app.accounts.events import NamesConfirmed
from app.accounts.models import Person
from app.certificates import services as certificates
from app.certificates.decisions import queries
from app.certificates.decisions import services as decisions
from app.certificates.decisions.models import CertificateDecision
from app.certificates.decisions.rules import (
    DecisionKind,
    DecisionState,
    Facts,
    Outcome,
    Stated,
    needed,
    outcomes,
)
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, RevocationClass, SuspensionClass
from app.cohorts.models import Membership, MembershipState
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import db, release, transaction, write_mode
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.events import announce
from app.jobs.services import run_due_jobs
from app.mail.models import OutgoingMail
from app.quizzes.models import Attempt, QuizRevision
from app.quizzes.regrading import giving_up, services
from app.quizzes.results import Treatment
from tests.support import regrading
from tests.support.cast import Cast, as_actor
from tests.support.decisions import (
    Certified,
    certificates_of,
    certified,
    certifier,
    decide,
    open_decisions,
)
from tests.support.statements import counted_statements


@pytest.fixture(autouse=True)
def writing(database: None) -> Iterator[None]:
    with write_mode():
        yield


@pytest.fixture
def small(cast: Cast) -> Certified:
    return certified(cast)


def kinds() -> list[DecisionKind]:
    return [decision.kind for decision in open_decisions()]


def test_what_has_to_be_decided() -> None:
    """Record and certificate held against each other; one that was revoked for another reason stays so."""
    passed, failed = (Facts(complete, "90", None, None, ()) for complete in (True, False))
    valid, waiting, revoked = (
        CertificateState.VALID,
        CertificateState.AWAITING_NAMES,
        CertificateState.REVOKED,
    )
    assert needed(Stated(valid, "90", False), passed) is None
    assert needed(Stated(valid, "90", False), failed) is DecisionKind.NEWLY_FAILED
    assert needed(Stated(waiting, "90", False), failed) is DecisionKind.NEWLY_FAILED
    assert needed(Stated(valid, "95", False), passed) is DecisionKind.RESULT_CHANGED
    assert needed(Stated(revoked, "90", False), passed) is None
    assert needed(Stated(revoked, "90", True), passed) is DecisionKind.NEWLY_PASSED
    assert needed(Stated(waiting, "90", True), passed) is DecisionKind.NEWLY_PASSED
    assert needed(None, passed) is DecisionKind.NEWLY_PASSED
    assert needed(None, failed) is None
    assert Outcome.REVOKE not in outcomes(DecisionKind.NEWLY_FAILED, issued=False)


def test_a_newly_failed_sitting_leaves_the_certificate_until_it_is_decided(small: Certified) -> None:
    trial = small.try_out("numeric", {"answer": ["30"]})
    assert regrading.regrade_named(trial).counted.consequences == {"certificate": 1}
    (change,) = (each for each in regrading.changes_of(trial).values() if each.passed_before)
    assert change.consequences[0]["label"]["en"].startswith("Certificate of completion OIPA-")

    small.wrong_key()
    assert certificates_of(small.cast.trainee) == ["valid 100"]
    (decision,) = open_decisions()
    assert decision.kind is DecisionKind.NEWLY_FAILED
    assert (decision.found.complete, decision.found.percent) == (False, "66.66667")
    assert decision.evidence["before"] == {"percent": "100", "passed": True}
    decide(certifier(small.cast), decision, Outcome.REVOKE)
    assert certificates_of(small.cast.trainee) == ["revoked 100"]
    with pytest.raises(Conflict):
        decide(certifier(small.cast), decision, Outcome.KEEP)


def test_a_newly_passed_sitting_waits_for_its_certificate(small: Certified) -> None:
    """Progress follows at once: the programme is completed. The certificate does not."""
    small.regrade("multiple", {"scoring": ["partial"]})
    membership = db.session.get_one(
        Membership, small.memberships[small.cast.cohort_mate.id], populate_existing=True
    )
    assert membership.state is MembershipState.COMPLETED
    assert certificates_of(small.cast.cohort_mate) == []
    (decision,) = open_decisions()
    assert decision.kind is DecisionKind.NEWLY_PASSED
    decide(certifier(small.cast), decision, Outcome.ISSUE)
    assert certificates_of(small.cast.cohort_mate) == ["valid 83.33333"]
    assert open_decisions() == []


def test_nothing_is_issued_against_a_decision(small: Certified) -> None:
    small.regrade("multiple", {"scoring": ["partial"]})
    decide(certifier(small.cast), open_decisions()[0], Outcome.WITHHOLD)
    small.regrade("multiple", {"scoring": ["partial"]})  # says the same again
    assert open_decisions() == []
    with transaction():
        announce(NamesConfirmed(small.cast.cohort_mate.id))
    assert certificates_of(small.cast.cohort_mate) == []


def test_another_percentage_is_a_new_certificate_or_none(small: Certified) -> None:
    small.regrade("multiple", {"scoring": ["partial"]})
    decide(certifier(small.cast), open_decisions()[0], Outcome.ISSUE)
    small.regrade("multiple", treatment=Treatment.FULL_MARKS)
    (decision,) = open_decisions()
    assert decision.kind is DecisionKind.RESULT_CHANGED
    decide(certifier(small.cast), decision, Outcome.SUPERSEDE)
    assert certificates_of(small.cast.cohort_mate) == ["superseded 83.33333", "valid 100"]


def test_what_is_kept_is_not_asked_again_and_later_regrades_overtake(small: Certified) -> None:
    small.wrong_key()
    small.regrade("numeric")  # as published again
    assert open_decisions() == []
    lapsed = db.session.scalars(db.select(CertificateDecision)).all()
    assert [each.state for each in lapsed] == [DecisionState.LAPSED]
    release()
    small.wrong_key()
    decide(certifier(small.cast), open_decisions()[0], Outcome.KEEP)
    small.regrade("short_text", {"accept": ["测试规定", "另一种写法"]})
    assert open_decisions() == []
    small.regrade("numeric")
    assert certificates_of(small.cast.trainee) == ["valid 100"]
    assert open_decisions() == []


def test_a_regrade_that_is_given_up_leaves_nothing_to_decide(
    small: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided meanwhile is put anew, as after any regrade; whoever gave it up does not decide."""
    monkeypatch.setattr(services, "BATCH", 1)
    regrade_id = small.try_out("numeric", {"answer": ["30"]})
    regrading.approve(small.actor, regrade_id, work=False)
    regrading.stop_after(regrade_id, 1, monkeypatch)
    decide(certifier(small.cast), open_decisions()[0], Outcome.REVOKE)
    with transaction():
        giving_up.give_up_regrade(small.actor, regrade_id, reason="改由另一次重新评分处理", now=clock.now())
    run_due_jobs()
    (decision,) = open_decisions()
    assert (decision.kind, decision.applied_by) == (DecisionKind.NEWLY_PASSED, small.actor.person_id)
    assert decision.evidence["reason"] == "改由另一次重新评分处理"
    assert [decision.evidence[each]["passed"] for each in ("before", "after")] == [False, True]
    decide(certifier(small.cast), decision, Outcome.ISSUE)
    assert certificates_of(small.cast.trainee) == ["revoked 100", "valid 100"]


def test_a_revoked_certificate_gets_a_successor_when_the_record_is_whole_again(small: Certified) -> None:
    small.wrong_key()
    decide(certifier(small.cast), open_decisions()[0], Outcome.REVOKE)
    small.regrade("numeric")
    (decision,) = open_decisions()
    assert decision.kind is DecisionKind.NEWLY_PASSED
    decide(certifier(small.cast), decision, Outcome.ISSUE)
    assert certificates_of(small.cast.trainee) == ["revoked 100", "valid 100"]


def newest_certificate(person: Person) -> Certificate:
    newest = db.select(Certificate).filter_by(person_id=person.id).order_by(Certificate.id.desc()).limit(1)
    certificate: Certificate = db.session.scalars(newest).one()
    return certificate


def test_a_dry_run_counts_certificates_as_they_are_when_it_is_applied(small: Certified) -> None:
    """One that came, went, or was suspended after the dry run: its author has not read what would be affected."""
    trial = small.try_out("numeric", {"answer": ["30"]})
    with transaction():
        held = newest_certificate(small.cast.trainee)
        certificates.suspend(
            certifier(small.cast), held, SuspensionClass.UNDER_INVESTIGATION, "复核中", clock.now()
        )
    with pytest.raises(Conflict) as moved:
        regrading.approve(small.actor, trial)
    assert moved.value.code == "moved"
    release()
    with transaction():
        services.try_again(small.actor, trial)
    run_due_jobs()
    assert regrading.regrade_named(trial).counted.consequences == {"certificate": 1}, "a suspended one counts"
    regrading.approve(small.actor, trial)
    assert kinds() == [DecisionKind.NEWLY_FAILED]


def test_a_suspended_certificate_is_not_replaced_unseen(small: Certified) -> None:
    """It may be revoked or kept; a successor would be valid while the inquiry goes on."""
    small.regrade("numeric", treatment=Treatment.FULL_MARKS)
    small.regrade("multiple", {"scoring": ["partial"]})
    decide(certifier(small.cast), open_decisions()[0], Outcome.ISSUE)
    small.regrade("multiple", treatment=Treatment.FULL_MARKS)
    (decision,) = open_decisions()
    with transaction():
        held = newest_certificate(small.cast.cohort_mate)
        certificates.suspend(
            certifier(small.cast), held, SuspensionClass.UNDER_INVESTIGATION, "复核中", clock.now()
        )
    with pytest.raises(Conflict) as refused:
        decide(certifier(small.cast), decision, Outcome.SUPERSEDE)
    assert refused.value.code == "suspended"
    release()
    decide(certifier(small.cast), decision, Outcome.KEEP)


def test_what_changed_since_it_was_opened_is_put_anew(small: Certified) -> None:
    """A decision about figures that are no longer the record's is neither carried out nor stuck on the desk."""
    small.wrong_key()
    (decision,) = open_decisions()
    with transaction():
        certificates.revoke(
            certifier(small.cast),
            newest_certificate(small.cast.trainee),
            RevocationClass.ISSUED_IN_ERROR,
            "另有原因",
            clock.now(),
        )
    with pytest.raises(Conflict) as moved:
        decide(certifier(small.cast), decision, Outcome.KEEP)
    assert moved.value.code == "moved"
    release()
    with transaction():
        assert decisions.renew(certifier(small.cast), decision.id, now=clock.now()) is None
    assert open_decisions() == []


def test_a_certificate_that_waits_for_names_is_held(cast: Cast) -> None:
    small = certified(cast)
    with transaction():
        db.session.get_one(Person, cast.cohort_mate.id).names_confirmed_at = None
    small.regrade("multiple", {"scoring": ["partial"]})
    decide(certifier(cast), open_decisions()[0], Outcome.ISSUE)
    assert certificates_of(cast.cohort_mate) == ["awaiting_names 83.33333"]
    small.regrade("multiple")
    (decision,) = open_decisions()
    with transaction():
        db.session.get_one(Person, cast.cohort_mate.id).names_confirmed_at = clock.now()
        announce(NamesConfirmed(cast.cohort_mate.id))
    assert certificates_of(cast.cohort_mate) == ["awaiting_names 83.33333"]
    with pytest.raises(Invalid):
        decide(certifier(cast), decision, Outcome.REVOKE)
    decide(certifier(cast), decision, Outcome.KEEP)
    assert certificates_of(cast.cohort_mate) == ["valid 83.33333"]


def test_strangers_find_no_decision_and_four_eyes_take_it(small: Certified) -> None:
    cast = small.cast
    both = as_actor(
        cast.instructor,
        Grant(Role.INSTRUCTOR, cast.authority.id, national=True),
        Grant(Role.CERTIFIER, cast.authority.id, national=True),
    )
    regrading.apply(both, small.quiz, small.questions["numeric"], {"answer": ["30"]})
    (decision,) = open_decisions()
    holder = as_actor(cast.trainee, Grant(Role.CERTIFIER, cast.authority.id, national=True))
    for actor in (as_actor(cast.outsider), as_actor(cast.instructor), as_actor(cast.registrar), holder):
        with pytest.raises(NotFound):
            decide(actor, decision, Outcome.KEEP)
    administrator = as_actor(cast.administrator, Grant(Role.ADMINISTRATOR, cast.authority.id, national=True))
    for actor in (both, administrator):
        with pytest.raises(NotAllowed):
            decide(actor, decision, Outcome.KEEP)
    assert (queries.count_open(both), queries.count_open(certifier(cast))) == (0, 1)
    with pytest.raises(Invalid):
        decide(certifier(cast), decision, Outcome.KEEP, reason=" ")
    sealed = {"state": "decided", "outcome": "keep", "reason": "x", "decided_at": clock.now()}
    for person in (cast.instructor, cast.trainee):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(update(CertificateDecision).values(**sealed, decided_by=person.id))
    decide(certifier(cast), decision, Outcome.KEEP)


@pytest.mark.parametrize(
    "statement", [update(CertificateDecision).values(reason="x"), delete(CertificateDecision)]
)
def test_the_database_refuses_to_change_a_decision(small: Certified, statement: object) -> None:
    small.wrong_key()
    decide(certifier(small.cast), open_decisions()[0], Outcome.KEEP)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_certifiers_get_one_letter_a_regrade(small: Certified) -> None:
    small.wrong_key()
    letters = db.session.scalars(
        db.select(OutgoingMail).where(OutgoingMail.body.contains("/certificates/decisions"))
    )
    assert {letter.person_id for letter in letters} == {small.cast.certifier.id, small.cast.second_certifier.id}


def test_a_course_that_is_failed_now_puts_the_certificate_in_doubt(small: Certified) -> None:
    """The programme rests on its courses too; her mate has no certificate yet."""
    attempt = small.attempts[small.cast.trainee.id]
    final = db.session.scalars(
        db.select(QuizRevision)
        .join(Attempt, Attempt.quiz_revision_id == QuizRevision.id)
        .where(Attempt.candidate_id == attempt.candidate_id, Attempt.context_type == "course")
    ).one()
    for question in regrading.questions_of(final)[:2]:
        change = {"answer": ["31"]} if question.type == "numeric" else None
        treatment = Treatment.DROPPED if change is None else Treatment.GRADED
        regrading.apply(small.actor, final, question, change, treatment=treatment)
    (decision,) = open_decisions()
    assert decision.kind is DecisionKind.NEWLY_FAILED
    assert [title["en"] for title in decision.found.missing] == ["Small course"]


def test_the_list_costs_the_same_for_any_number(small: Certified) -> None:
    small.regrade("multiple", {"scoring": ["partial"]})
    used = []
    reader = certifier(small.cast)
    for waiting in (1, 2):
        with counted_statements() as seen:
            page = queries.list_decisions(reader, open_only=True)
        used.append(len(seen))
        assert page.total == waiting
        if waiting == 1:
            decide(certifier(small.cast), open_decisions()[0], Outcome.ISSUE)
            small.wrong_key()
    assert used == [2, 2]
