"""From a completed programme's evidence to the certificate that is due for it."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.certificates import services
from app.certificates.models import Certificate
from app.certificates.rules import (
    CompletionClaims,
    CourseClaim,
    DocumentKind,
    Draft,
    anniversary,
)
from app.cohorts.queries import Evidence, completion_evidence
from app.core import clock


def issue_certificate(membership_id: uuid.UUID, now: datetime) -> Certificate:
    """Issue the certificate of a completed membership; asking again gives the same one.

    Raises NotFound when the membership has not been completed.
    """
    return _issue(completion_evidence(membership_id), now)


def issue_on_completion(membership_id: uuid.UUID, now: datetime) -> Certificate | None:
    """As issue_certificate, unless the programme leaves it to a certifier to issue them cohort by cohort."""
    evidence = completion_evidence(membership_id)
    return None if evidence.certificate.get("issued") == "by_certifier" else _issue(evidence, now)


def _issue(evidence: Evidence, now: datetime) -> Certificate:
    return services.issue(
        draft_of(evidence),
        person_id=evidence.person_id,
        subject_id=evidence.programme_id,
        organisation_id=evidence.awarding_organisation_id,
        now=now,
    )


def draft_of(evidence: Evidence) -> Draft:
    """What the certificate will state. The validities are data of the programme; null means none."""
    completed = _day(evidence.completed_at)
    passed = evidence.exam_percent is not None
    as_of = [course.as_of for course in evidence.courses if course.as_of]
    return Draft(
        kind=DocumentKind.COMPLETION,
        title=evidence.certificate["title"],
        issuer=evidence.awarding_organisation,
        valid_until=_until(completed, evidence.certificate, "validity_years"),
        cycle=evidence.cycle,
        example=evidence.example,
        claims=CompletionClaims(
            programme_key=evidence.programme_key,
            programme_title=evidence.programme_title,
            programme_level=evidence.programme_level,
            programme_digest=evidence.programme_digest,
            trained_at=evidence.training_organisation,
            hours=decimal(evidence.hours),
            courses=tuple(
                CourseClaim(
                    key=course.key,
                    title=course.title,
                    hours=decimal(course.hours),
                    completed_on=_day(course.completed_at).isoformat(),
                    revision_digest=course.revision_digest,
                )
                for course in evidence.courses
            ),
            completed_on=completed.isoformat(),
            examination=evidence.exam_title,
            result_percent=decimal(evidence.stated_percent) if evidence.stated_percent is not None else None,
            result_valid_until=_until(completed, evidence.certificate, "certification_validity_years")
            if passed
            else None,
            quiz_revision_digest=evidence.quiz_revision_digest,
            grade_run_id=evidence.grade_run_id,
            law_as_of=min(as_of).isoformat() if as_of else None,
        ),
    )


def _day(moment: datetime) -> date:
    return clock.day_of(moment)


def decimal(value: Decimal) -> str:
    """A number as certificates write it, without idle zeros and without an exponent: 18, 86.5."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _until(start: date, rules: Mapping[str, Any], name: str) -> str | None:
    years = rules.get(name)
    return anniversary(start, int(years)).isoformat() if years else None
