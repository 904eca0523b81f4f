"""Statements of hours (学时证明) and transcripts (成绩单): made on demand, numbered and verifiable like others.

Asking again gives the same document until there is something new to state; then a further one is issued. The
earlier one stays valid: it was true on its day.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from app.certificates import policies, services
from app.certificates.completion import decimal
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, CourseRecord, DocumentKind, Draft, RecordClaims
from app.cohorts.queries import Evidence, completion_evidence, course_basis, get_membership_for, has_completed
from app.cohorts.rules import Demands
from app.core import clock
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed
from app.core.text import Bilingual
from app.courses import queries as courses
from app.organisations.models import Organisation

TITLES: Final[Mapping[DocumentKind, Bilingual]] = {
    DocumentKind.HOURS: {"zh": "学时证明", "en": "Statement of Hours"},
    DocumentKind.TRANSCRIPT: {"zh": "成绩单", "en": "Transcript"},
}


def request_document(actor: Actor, membership_id: uuid.UUID, kind: DocumentKind, now: datetime) -> Certificate:
    """A statement of hours or a transcript of one programme, in the name of the body that trained.

    Raises NotFound, NotAllowed, and Conflict (``nothing_completed``) before the first course is completed.
    """
    membership = get_membership_for(actor, membership_id)
    cohort = membership.cohort
    if not policies.can_request(actor, membership.person_id, cohort.organisation_id):
        raise NotAllowed
    demands = Demands.of(cohort.programme_revision.body, membership.cycle)
    found = _completed(membership.person_id, demands.courses, membership.counts_from)
    if not found:
        raise Conflict(code="nothing_completed")
    passed = completion_evidence(membership_id) if has_completed(membership_id) else None
    body: Organisation = cohort.organisation
    draft = Draft(
        kind=kind,
        title=TITLES[kind],
        issuer=_both(body.name),
        valid_until=None,
        cycle=1,
        example=demands.example or body.is_example,
        claims=_claims(
            kind,
            programme_key=cohort.programme.key,
            demands=demands,
            trained_at=_both(body.name),
            found=found,
            passed=passed,
        ),
    )
    return _issue(draft, membership.person_id, membership_id, body.id, now)


def _issue(
    draft: Draft, person_id: uuid.UUID, subject_id: uuid.UUID, organisation_id: uuid.UUID, now: datetime
) -> Certificate:
    """The newest one if it states the same and stands; a further one otherwise."""
    newest = db.session.scalar(
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.kind == draft.kind,
            Certificate.subject_id == subject_id,
        )
        .order_by(Certificate.cycle.desc(), Certificate.created_at.desc())
        .limit(1)
    )
    cycle = newest.cycle if newest else 1
    if newest:
        stands = newest.state not in {CertificateState.REVOKED, CertificateState.ENDED}
        if stands and Draft.from_json(newest.draft).claims == draft.claims:
            return newest
        cycle += 1
    numbered = Draft.from_json({**draft.to_json(), "cycle": cycle})
    return services.issue(
        numbered, person_id=person_id, subject_id=subject_id, organisation_id=organisation_id, now=now
    )


def _completed(person_id: uuid.UUID, keys: Collection[str], since: datetime | None) -> list[dict[str, Any]]:
    """The completed courses among these (in a renewal, since it began), with the percentage of the examination."""
    ids = courses.course_ids(keys)
    standings = courses.standing_of([person_id], list(ids.values()))
    found = []
    for item in course_basis(person_id, keys, since):
        standing = standings.get((person_id, ids[item["key"]]))
        percent = standing.stated_percent if standing and standing.quiz_id else None
        found.append({**item, "percent": percent})
    return found


def _claims(
    kind: DocumentKind,
    *,
    programme_key: str,
    demands: Demands,
    trained_at: Bilingual,
    found: list[dict[str, Any]],
    passed: Evidence | None,
) -> RecordClaims:
    days = sorted(_day(item["completed_at"]) for item in found)
    transcript = kind is DocumentKind.TRANSCRIPT
    examined = passed if transcript and passed and passed.exam_percent is not None else None
    records = tuple(
        CourseRecord(
            key=item["key"],
            title=item["title"],
            hours=decimal(Decimal(item["hours"])),
            completed_on=_day(item["completed_at"]).isoformat(),
            result_percent=decimal(item["percent"]) if transcript and item["percent"] is not None else None,
            revision_digest=item["revision_digest"],
        )
        for item in found
    )
    return RecordClaims(
        programme_key=programme_key,
        programme_title=demands.title,
        programme_level=demands.level,
        trained_at=trained_at,
        courses=records,
        hours=decimal(sum((Decimal(item["hours"]) for item in found), Decimal(0))),
        starts_on=days[0].isoformat(),
        ends_on=days[-1].isoformat(),
        examination=demands.exam_title if examined else None,
        result_percent=decimal(examined.stated_percent) if examined and examined.stated_percent else None,
        quiz_revision_digest=examined.quiz_revision_digest if examined else None,
        grade_run_id=examined.grade_run_id if examined else None,
        law_as_of=min(item["as_of"] for item in found),
    )


def _day(iso: str) -> date:
    return clock.day_of(datetime.fromisoformat(iso))


def _both(name: Mapping[str, str]) -> Bilingual:
    return {"zh": name["zh"], "en": name["en"]}
