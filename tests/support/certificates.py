"""Factories for certificates, through the real services."""

import uuid
from typing import Any

from app.accounts.models import Person
from app.certificates import services
from app.certificates.models import Certificate
from app.certificates.rules import CompletionClaims, CourseClaim, DocumentKind, Draft
from app.core import clock
from app.core.database import db, transaction
from app.organisations.models import Organisation


def completion_claims(**values: Any) -> CompletionClaims:
    """Plausible claims of a completed programme."""
    given: dict[str, Any] = {
        "programme_key": "national-lawyer",
        "programme_title": {
            "zh": "涉外知识产权律师培养方案",
            "en": "Programme for lawyers in overseas IP disputes",
        },
        "programme_level": {"zh": "执业律师", "en": "Practising lawyers"},
        "programme_digest": "ab" * 32,
        "trained_at": {"zh": "示例省律师协会", "en": "Example Provincial Lawyers Association"},
        "hours": "18.00000",
        "courses": (
            CourseClaim(
                key="l1-chinese-toolbox",
                title={"zh": "国内法工具箱", "en": "The Chinese toolbox"},
                hours="8",
                completed_on="2026-11-10",
                revision_digest="3fa9c17b" * 8,
            ),
            CourseClaim(
                key="l2-section-337",
                title={"zh": "美国337调查应对", "en": "Responding to Section 337"},
                hours="10",
                completed_on="2026-11-18",
                revision_digest="77ac20de" * 8,
            ),
        ),
        "completed_on": "2026-11-20",
        "examination": {"zh": "涉外知识产权律师认证考试", "en": "Certification examination"},
        "result_percent": "86.00000",
        "result_valid_until": "2029-11-20",
        "quiz_revision_digest": "cd" * 32,
        "grade_run_id": "018f6b1c",
        "law_as_of": "2026-11-01",
    }
    return CompletionClaims(**{**given, **values})


def completion_draft(*, cycle: int = 1, example: bool = True, **claims: Any) -> Draft:
    """A certificate of completion that is due."""
    return Draft(
        kind=DocumentKind.COMPLETION,
        title={"zh": "结业证书", "en": "Certificate of Completion"},
        issuer={"zh": "海外知识产权研修平台（示例）", "en": "Overseas IP Academy (example)"},
        valid_until=None,
        cycle=cycle,
        example=example,
        claims=completion_claims(**claims),
    )


def confirm(person: Person) -> None:
    """The person confirmed her names some time ago."""
    with transaction():
        db.session.get_one(Person, person.id).names_confirmed_at = clock.now()


def make_certificate(
    person: Person, organisation: Organisation, *, confirmed: bool = True, subject_id: uuid.UUID | None = None
) -> Certificate:
    """A certificate of completion, issued when the names are confirmed; its file is drawn by run_due_jobs()."""
    if confirmed:
        confirm(person)
    with transaction():
        return services.issue(
            completion_draft(),
            person_id=person.id,
            subject_id=subject_id or uuid.uuid4(),
            organisation_id=organisation.id,
            now=clock.now(),
        )
