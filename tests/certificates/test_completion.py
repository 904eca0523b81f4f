"""From a programme's evidence to the claims."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.certificates.completion import draft_of
from app.certificates.models import Certificate
from app.certificates.rules import CompletionClaims, Draft
from app.cohorts.events import ProgrammeCompleted
from app.cohorts.queries import CourseEvidence, Evidence
from app.core.database import db, transaction
from app.core.events import announce
from tests.support.cast import Cast
from tests.support.certificates import confirm


def evidence(**values: Any) -> Evidence:
    given: dict[str, Any] = {
        "membership_id": uuid.uuid4(),
        "person_id": uuid.uuid4(),
        "programme_id": uuid.uuid4(),
        "programme_key": "national-lawyer",
        "programme_title": {"zh": "培养方案", "en": "Programme"},
        "programme_level": {"zh": "执业律师", "en": "Lawyers"},
        "programme_digest": "a" * 64,
        "example": True,
        "cycle": 1,
        "awarding_organisation_id": uuid.uuid4(),
        "awarding_organisation": {"zh": "平台", "en": "Academy"},
        "training_organisation_id": uuid.uuid4(),
        "training_organisation": {"zh": "大学", "en": "University"},
        "cohort_name": "一期",
        "hours": Decimal("18.00000"),
        "courses": (
            CourseEvidence(
                key="l1",
                title={"zh": "课程一", "en": "Course one"},
                hours=Decimal("8.5"),
                completed_at=datetime(2026, 11, 10, 15, 30, tzinfo=UTC),
                revision_digest="b" * 64,
                as_of=date(2026, 10, 1),
            ),
            CourseEvidence(
                key="l2",
                title={"zh": "课程二", "en": "Course two"},
                hours=Decimal(10),
                completed_at=datetime(2026, 11, 10, 16, 30, tzinfo=UTC),
                revision_digest="c" * 64,
                as_of=date(2026, 11, 1),
            ),
        ),
        "exam_title": {"zh": "认证考试", "en": "Examination"},
        "exam_percent": Decimal("86.50000"),
        "exam_pass_mark": Decimal(80),
        "quiz_revision_digest": "d" * 64,
        "grade_run_id": "run",
        "completed_at": datetime(2028, 2, 28, 17, 0, tzinfo=UTC),
        "certificate": {
            "title": {"zh": "结业证书", "en": "Certificate of Completion"},
            "validity_years": None,
            "certification_validity_years": 3,
        },
    }
    return Evidence(**{**given, **values})


def claims(draft: Draft) -> CompletionClaims:
    assert isinstance(draft.claims, CompletionClaims)
    return draft.claims


def test_dates_are_beijing_dates_and_numbers_are_plain() -> None:
    stated = claims(draft_of(evidence()))
    assert [course.completed_on for course in stated.courses] == ["2026-11-10", "2026-11-11"]
    assert stated.completed_on == "2028-02-29"
    assert (stated.hours, stated.courses[0].hours, stated.result_percent) == ("18", "8.5", "86.5")


def test_the_law_is_as_old_as_the_oldest_course_says() -> None:
    assert claims(draft_of(evidence())).law_as_of == "2026-10-01"


def test_the_result_ends_but_the_completion_does_not() -> None:
    draft = draft_of(evidence())
    assert draft.valid_until is None
    assert claims(draft).result_valid_until == "2031-02-28"


def test_without_an_examination_there_is_no_result() -> None:
    stated = claims(draft_of(evidence(exam_percent=None)))
    assert stated.result_percent is None
    assert stated.result_valid_until is None


def test_completing_a_programme_issues_one_certificate(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    confirm(cast.trainee)
    proof = evidence(person_id=cast.trainee.id, awarding_organisation_id=cast.authority.id)
    monkeypatch.setattr("app.certificates.completion.completion_evidence", lambda _membership: proof)
    event = ProgrammeCompleted(
        membership_id=proof.membership_id,
        person_id=proof.person_id,
        programme_id=proof.programme_id,
        programme_revision_id=uuid.uuid4(),
        cohort_id=uuid.uuid4(),
        cycle=1,
    )
    with transaction():
        announce(event)
        announce(event)
        issued = db.session.query(Certificate).all()
        assert [certificate.serial for certificate in issued] == [1]
