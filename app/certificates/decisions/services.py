"""Open decisions where record and certificate part, and carry out what was decided."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.audit import services as audit
from app.certificates import completion
from app.certificates import services as certificates
from app.certificates.decisions import policies, queries, rules
from app.certificates.decisions.models import CertificateDecision
from app.certificates.decisions.rules import DecisionState, Facts, Outcome
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, CompletionClaims, Draft, RevocationClass
from app.cohorts import queries as cohorts
from app.core.access import Actor
from app.core.database import db, serialise
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.identifiers import new_id
from app.quizzes.models import AttemptResult
from app.quizzes.regrading.history import find_by_run, find_change, outcomes_of
from app.quizzes.regrading.models import Regrade

MAX_REASON = 2_000


def review(
    membership_id: uuid.UUID,
    attempt_id: uuid.UUID,
    grade_run_id: uuid.UUID,
    *,
    now: datetime,
) -> CertificateDecision | None:
    """A regrade changed a result of somebody who has completed a programme: open, replace or drop a decision.

    However often it is asked; None when there is nothing to decide.
    """
    serialise(f"certificate-decision:{membership_id}")
    try:
        evidence = cohorts.completion_evidence(membership_id)
    except NotFound:  # completed through another membership of the same programme
        return None
    facts = _facts(membership_id, now)
    certificate = queries.newest_certificate(evidence.person_id, evidence.programme_id, evidence.cycle)
    waiting, decided = queries.find_open(membership_id), queries.last_decided(membership_id)
    stated = queries.stated_by(certificate, decided)
    earlier = waiting or decided
    kind = rules.needed(stated, facts)
    said = kind is not None and earlier is not None and earlier.kind is kind and earlier.found.says_the_same(facts)
    if said and (waiting is None or waiting.certificate_id == (certificate.id if certificate else None)):
        return waiting
    if waiting is not None:
        waiting.state = DecisionState.LAPSED
        db.session.flush()
    if kind is None:
        return None
    regrade = find_by_run(grade_run_id)
    if regrade is None or regrade.approved_by is None:
        raise LookupError("a decision without a regrade")
    decision = CertificateDecision(
        id=new_id(),
        created_at=now,
        kind=kind,
        state=DecisionState.OPEN,
        membership_id=membership_id,
        person_id=evidence.person_id,
        organisation_id=evidence.awarding_organisation_id,
        certificate_id=certificate.id if certificate else None,
        regrade_id=regrade.id,
        attempt_id=attempt_id,
        applied_by=regrade.given_up_by or regrade.approved_by,
        facts=facts.as_json(),
        evidence=_described(evidence, certificate, regrade, attempt_id, grade_run_id),
    )
    db.session.add(decision)
    db.session.flush()
    audit.record(None, "certificates.open_decision", decision, kind=kind.value)
    return decision


def renew(actor: Actor, decision_id: uuid.UUID, *, now: datetime) -> CertificateDecision | None:
    """Put a decision anew whose certificate or record has changed since; None when nothing is left to decide.

    Raises NotFound, Conflict when it was taken meanwhile.
    """
    decision = queries.get_decision_for(actor, decision_id, lock=True)
    regrade = db.session.get_one(Regrade, decision.regrade_id)
    if decision.state is not DecisionState.OPEN or regrade.run_id is None:
        raise Conflict(_("This has been decided, or there is nothing to decide any more."), code="decided")
    return review(decision.membership_id, decision.attempt_id, regrade.back_run_id or regrade.run_id, now=now)


def _facts(membership_id: uuid.UUID, now: datetime) -> Facts:
    record = cohorts.present_record(membership_id, now)
    percent = completion.decimal(record.stated_percent) if record.stated_percent is not None else None
    return Facts(record.complete, percent, record.grade_run_id, record.quiz_revision_digest, record.missing)


def _described(
    evidence: cohorts.Evidence,
    certificate: Certificate | None,
    regrade: Regrade,
    attempt_id: uuid.UUID,
    grade_run_id: uuid.UUID,
) -> dict[str, Any]:
    """What a decider reads, as it was when the decision was opened."""
    before, after = outcomes_of(attempt_id, grade_run_id)
    change = find_change(regrade.id, attempt_id)
    mine = str(certificate.id) if certificate else ""
    return {
        "programme": dict(evidence.programme_title),
        "stated_percent": certificate.draft["claims"]["result_percent"] if certificate else None,
        "before": _figures(before),
        "after": _figures(after),
        "reason": regrade.giving_up_reason or regrade.reason,
        "notice": regrade.notice,
        "rests": [
            dict(one["label"]) for one in (change.consequences if change else []) if one["subject_id"] != mine
        ],
    }


def _figures(result: AttemptResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {"percent": completion.decimal(result.percent), "passed": result.passed}


def decide(
    actor: Actor,
    decision_id: uuid.UUID,
    outcome: Outcome,
    *,
    reason: str,
    reason_class: RevocationClass | None = None,
    now: datetime,
) -> CertificateDecision:
    """Take a decision and carry it out.

    Raises NotFound, NotAllowed (four eyes), Invalid without a reason or for an outcome that is not one of those
    offered, Conflict when it was taken or record or certificate have changed since it was opened.
    """
    decision = queries.get_decision_for(actor, decision_id, lock=True)
    if not policies.can_decide(actor, decision):
        raise NotAllowed(_("Whoever applied the regrade does not decide about certificates that rest on it."))
    if decision.state is not DecisionState.OPEN:
        raise Conflict(_("This has been decided, or there is nothing to decide any more."), code="decided")
    certificate = _as_opened(decision, now)
    issued = certificate is not None and certificate.number is not None
    if outcome not in rules.outcomes(decision.kind, issued=issued) or not reason.strip():
        raise Invalid(_("Choose what shall happen, and give the reason."), code="outcome")
    if outcome is Outcome.REVOKE and reason_class is None:
        raise Invalid(_("Choose the reason that the public page shows."), code="reason_class")
    if outcome is Outcome.SUPERSEDE and certificate and certificate.state is CertificateState.SUSPENDED:
        raise Conflict(
            _("The certificate is suspended. Reinstate it before you replace it; or revoke it."), code="suspended"
        )
    if outcome is Outcome.ISSUE and certificate is None:  # before the row is sealed: it names what came of it
        decision.certificate_id = completion.issue_certificate(decision.membership_id, now).id
    decision.state, decision.outcome, decision.reason = DecisionState.DECIDED, outcome, reason.strip()[:MAX_REASON]
    decision.reason_class = reason_class.value if reason_class and outcome is Outcome.REVOKE else ""
    decision.decided_by, decision.decided_at = actor.person_id, now
    db.session.flush()
    _carry_out(actor, decision, certificate, reason_class, now)
    audit.record(actor, "certificates.decide", decision, reason=decision.reason, outcome=outcome.value)
    return decision


def _as_opened(decision: CertificateDecision, now: datetime) -> Certificate | None:
    """The certificate, if record and certificate are as they were. Raises Conflict."""
    evidence = cohorts.completion_evidence(decision.membership_id)
    certificate = queries.newest_certificate(evidence.person_id, evidence.programme_id, evidence.cycle)
    stated = queries.stated_by(certificate, queries.last_decided(decision.membership_id))
    facts = _facts(decision.membership_id, now)
    same = decision.certificate_id == (certificate.id if certificate else None)
    same = same and decision.found.says_the_same(facts)
    if not same or rules.needed(stated, facts) is not decision.kind:
        raise Conflict(_("The certificate or the record has changed since. Look at them first."), code="moved")
    return certificate


def _carry_out(
    actor: Actor,
    decision: CertificateDecision,
    certificate: Certificate | None,
    reason_class: RevocationClass | None,
    now: datetime,
) -> None:
    if certificate is None or decision.outcome is Outcome.WITHHOLD:
        return
    if decision.outcome is Outcome.REVOKE and reason_class is not None:
        certificates.revoke(actor, certificate, reason_class, decision.reason, now)
    elif decision.outcome in {Outcome.SUPERSEDE, Outcome.ISSUE}:
        _restate(actor, decision, certificate, now)
    elif certificate.state in rules.UNISSUED:  # kept: it goes on as it was due
        certificates.complete_issue(certificate, now)


def _restate(actor: Actor, decision: CertificateDecision, certificate: Certificate, now: datetime) -> None:
    """The certificate states what the record says: a successor of an issued one, the draft of one that is due."""
    draft = _corrected(Draft.from_json(certificate.draft), decision.found)
    if certificate.state in rules.UNISSUED:
        certificate.draft = draft.to_json()
        db.session.flush()
        certificates.complete_issue(certificate, now)
    else:
        certificates.reissue_corrected(actor, certificate, draft, decision.reason, now)


def _corrected(draft: Draft, facts: Facts) -> Draft:
    claims = draft.claims
    if not isinstance(claims, CompletionClaims):
        raise TypeError("only certificates of completion rest on examinations")
    return replace(
        draft,
        claims=replace(
            claims,
            result_percent=facts.percent,
            grade_run_id=facts.grade_run_id,
            quiz_revision_digest=facts.quiz_revision_digest,
        ),
    )
