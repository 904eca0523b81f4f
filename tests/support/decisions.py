"""Certified people of the small programme, and regrades of its certification examination."""

import uuid
from dataclasses import dataclass
from typing import Any

from app.accounts.models import Person
from app.certificates.decisions import services
from app.certificates.decisions.models import CertificateDecision
from app.certificates.decisions.rules import Outcome
from app.certificates.models import Certificate
from app.certificates.rules import RevocationClass
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.quizzes import grading
from app.quizzes.models import Attempt, QuestionRevision, QuizRevision
from app.quizzes.regrading.models import Regrade
from tests.support import regrading
from tests.support.cast import Cast, as_actor
from tests.support.certificates import confirm
from tests.support.cohorts import certify, join, make_cohort, pass_course
from tests.support.courses import sync_folder


@dataclass
class Certified:
    """The trainee passed with everything right and holds a certificate; her mate missed one of two choices, failed
    with two of three questions and holds none."""

    cast: Cast
    quiz: QuizRevision
    #: By type: multiple, numeric, short_text.
    questions: dict[str, QuestionRevision]
    attempts: dict[uuid.UUID, Attempt]
    memberships: dict[uuid.UUID, uuid.UUID]

    @property
    def actor(self) -> Actor:
        """Who regrades: an instructor who stands for everybody."""
        return regrading.regrader(self.cast, national=True)

    def regrade(self, kind: str, changes: dict[str, list[str]] | None = None, **values: Any) -> Regrade:
        """Apply a regrade of the certification examination."""
        return regrading.apply(self.actor, self.quiz, self.questions[kind], changes, **values)

    def try_out(self, kind: str, changes: dict[str, list[str]] | None = None, **values: Any) -> uuid.UUID:
        """Its dry run only."""
        return regrading.prepare(self.actor, self.quiz, self.questions[kind], changes, **values)

    def wrong_key(self) -> Regrade:
        """Nobody's number is right any more: the trainee has two of three, her mate one and perhaps a half."""
        return self.regrade("numeric", {"answer": ["30"]})


def half(body: grading.Body) -> grading.Response:
    """A perfect answer, but only one of the right choices."""
    answer = grading.perfect(body)
    return {"choices": answer["choices"][:1]} if "choices" in answer else answer


def certified(cast: Cast) -> Certified:
    sync_folder()
    cohort = make_cohort(cast)
    attempts, memberships = {}, {}
    for person, answering in ((cast.trainee, grading.perfect), (cast.cohort_mate, half)):
        confirm(person)
        membership = join(cast, cohort, person)
        pass_course(person)
        attempts[person.id] = certify(person, membership.id, answering=answering)
        memberships[person.id] = membership.id
    quiz = db.session.get_one(QuizRevision, attempts[cast.trainee.id].quiz_revision_id)
    questions = {question.type: question for question in regrading.questions_of(quiz)}
    release()
    return Certified(cast, quiz, questions, attempts, memberships)


def certifier(cast: Cast, person: Person | None = None) -> Actor:
    return as_actor(person or cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))


def open_decisions() -> list[CertificateDecision]:
    """What waits, the oldest first."""
    release()
    rows = db.session.scalars(
        db.select(CertificateDecision)
        .filter_by(state="open")
        .order_by(CertificateDecision.created_at)
        .execution_options(populate_existing=True)
    ).all()
    release()
    return list(rows)


def decide(actor: Actor, decision: CertificateDecision, outcome: Outcome, reason: str = "已核对记录。") -> None:
    release()
    with transaction():
        services.decide(
            actor,
            decision.id,
            outcome,
            reason=reason,
            reason_class=RevocationClass.ISSUED_IN_ERROR if outcome is Outcome.REVOKE else None,
            now=clock.now(),
        )
    release()


def certificates_of(person: Person) -> list[str]:
    """State and stated percentage of a person's certificates, the oldest first."""
    release()
    rows = db.session.scalars(
        db.select(Certificate)
        .filter_by(person_id=person.id)
        .order_by(Certificate.created_at, Certificate.id)
        .execution_options(populate_existing=True)
    ).all()
    said = [f"{row.state.value} {row.draft['claims']['result_percent']}" for row in rows]
    release()
    return said
