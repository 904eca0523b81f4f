"""What speaks for each criterion, gathered from the records, with source and date."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.certificates.models import Certificate
from app.certificates.queries import get_valid_certificates
from app.certificates.rules import CompletionClaims, Snapshot
from app.core import clock
from app.core.text import Bilingual
from app.experts.criteria import (
    CertificateCriterion,
    Criterion,
    DeclarationCriterion,
    ResultCriterion,
)
from app.experts.rules import Profile


class Standing(StrEnum):
    """How far a criterion is met."""

    MET = "met"
    NOT_MET = "not_met"
    #: Her own statement: a person has to judge it.
    TO_JUDGE = "to_judge"


class Source(StrEnum):
    """Where a piece of evidence comes from."""

    RECORD = "record"
    APPLICANT = "applicant"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence; ``certificate_id`` leads to the record."""

    text: Bilingual
    source: Source
    on: str
    certificate_id: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A criterion with what speaks for it."""

    criterion_id: str
    title: Bilingual
    explanation: Bilingual
    required: bool
    standing: Standing
    pieces: tuple[Piece, ...] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Evidence":
        pieces = tuple(Piece(**{**piece, "source": Source(piece["source"])}) for piece in data["pieces"])
        return cls(**{**data, "standing": Standing(data["standing"]), "pieces": pieces})


def gather(
    person_id: uuid.UUID, profile: Profile, criteria: Sequence[Criterion], *, stated_at: datetime, now: datetime
) -> list[Evidence]:
    """The evidence for every criterion, in their order; one statement."""
    held = [
        (certificate, Snapshot.from_json(certificate.snapshot or {}))
        for certificate in get_valid_certificates(person_id, now)
    ]
    today = clock.day_of(now)
    stated_on = clock.day_of(stated_at).isoformat()
    return [_for(criterion, held, profile, stated_on, today) for criterion in criteria]


def _for(
    criterion: Criterion, held: list[tuple[Certificate, Snapshot]], profile: Profile, stated_on: str, today: date
) -> Evidence:
    answer = profile.answer(criterion.id)
    pieces: list[Piece] = []
    standing = Standing.NOT_MET
    if isinstance(criterion, CertificateCriterion):
        pieces = [_certificate(*one) for one in held if _counts(criterion, one[1])]
        standing = Standing.MET if pieces else Standing.NOT_MET
    elif isinstance(criterion, ResultCriterion):
        results = [one for one in held if _percent(one[1], today) is not None]
        pieces = [_result(*one) for one in results]
        best = max((_percent(snapshot, today) or 0 for _, snapshot in results), default=0)
        standing = Standing.MET if best >= criterion.minimum_percent and results else Standing.NOT_MET
    elif isinstance(criterion, DeclarationCriterion):
        if answer.declared:
            said: Bilingual = {"zh": "申请人已作出声明", "en": "The applicant made this declaration"}
            pieces, standing = [Piece(said, Source.APPLICANT, stated_on)], Standing.MET
    elif answer.years is not None:
        text: Bilingual = {
            "zh": f"自述{answer.years}年：{answer.text}",
            "en": f"States {answer.years} years: {answer.text}",
        }
        pieces = [Piece(text, Source.APPLICANT, stated_on)]
        standing = Standing.TO_JUDGE if answer.years >= criterion.minimum_years else Standing.NOT_MET
    return Evidence(
        criterion_id=criterion.id,
        title=criterion.title.both(),
        explanation=criterion.explanation.both(),
        required=criterion.required,
        standing=standing,
        pieces=tuple(pieces),
    )


def _counts(criterion: CertificateCriterion, snapshot: Snapshot) -> bool:
    claims = snapshot.document.claims
    return isinstance(claims, CompletionClaims) and (
        not criterion.programmes or claims.programme_key in criterion.programmes
    )


def _percent(snapshot: Snapshot, today: date) -> float | None:
    """The result of a certificate's examination, while it stands."""
    claims = snapshot.document.claims
    if not isinstance(claims, CompletionClaims) or claims.result_percent is None:
        return None
    until = claims.result_valid_until
    return None if until and date.fromisoformat(until) < today else float(claims.result_percent)


def _certificate(certificate: Certificate, snapshot: Snapshot) -> Piece:
    claims = snapshot.document.claims
    title = claims.programme_title if isinstance(claims, CompletionClaims) else snapshot.document.title
    return Piece(
        {
            "zh": f"结业证书 {snapshot.number}：{title['zh']}",
            "en": f"Certificate of completion {snapshot.number}: {title['en']}",
        },
        Source.RECORD,
        snapshot.issued_on,
        str(certificate.id),
    )


def _result(certificate: Certificate, snapshot: Snapshot) -> Piece:
    claims = snapshot.document.claims
    assert isinstance(claims, CompletionClaims)  # noqa: S101 - only these have a result
    percent = f"{float(claims.result_percent or 0):g}"
    return Piece(
        {"zh": f"{claims.examination['zh']}：{percent}%", "en": f"{claims.examination['en']}: {percent}%"},
        Source.RECORD,
        claims.completed_on,
        str(certificate.id),
    )
