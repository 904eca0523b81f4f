"""When a certificate and the record behind it part, and what can be decided about it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from app.certificates.rules import CertificateState
from app.core.text import Bilingual


class DecisionKind(StrEnum):
    """Why somebody has to decide."""

    #: What the certificate rests on is not passed any more.
    NEWLY_FAILED = "newly_failed"
    #: The certificate states another percentage than the record.
    RESULT_CHANGED = "result_changed"
    #: The programme is completed by the regrade; no certificate was issued for it.
    NEWLY_PASSED = "newly_passed"


class DecisionState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    #: A later regrade made it needless, or put another one in its place.
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What was decided."""

    REVOKE = "revoke"
    #: A new certificate with the new percentage replaces it.
    SUPERSEDE = "supersede"
    #: It stays as it is (one not issued yet is issued as it was due).
    KEEP = "keep"
    ISSUE = "issue"
    #: None is issued.
    WITHHOLD = "withhold"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record says now; percentages as certificates write them."""

    complete: bool
    percent: str | None
    grade_run_id: str | None
    quiz_revision_digest: str | None
    #: Titles of what is not passed any more.
    missing: tuple[Bilingual, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"missing": [dict(title) for title in self.missing]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Facts":
        return cls(**{**data, "missing": tuple(data["missing"])})

    def says_the_same(self, other: "Facts") -> bool:
        """Is there nothing in the other that would be decided differently?"""
        return (self.complete, self.percent) == (other.complete, other.percent)


#: Certificates that nobody relies on any more.
ENDED: Final = frozenset({CertificateState.REVOKED, CertificateState.SUPERSEDED, CertificateState.ENDED})
#: Due, but without a number.
UNISSUED: Final = frozenset({CertificateState.AWAITING_NAMES, CertificateState.BLOCKED})


@dataclass(frozen=True, slots=True)
class Stated:
    """The newest certificate of a completion."""

    state: CertificateState
    percent: str | None
    #: The last decision after a regrade took it back, or let it not be issued.
    taken: bool

    @property
    def stands(self) -> bool:
        return self.state not in ENDED and not self.taken


def needed(stated: Stated | None, facts: Facts) -> DecisionKind | None:
    """What has to be decided after a regrade, if anything.

    A completion without a certificate came about by a regrade: in every other case one follows by itself. One that
    was revoked for another reason stays so.
    """
    if stated is not None and stated.stands:
        if not facts.complete:
            return DecisionKind.NEWLY_FAILED
        return DecisionKind.RESULT_CHANGED if stated.percent != facts.percent else None
    if stated is None or stated.taken:
        return DecisionKind.NEWLY_PASSED if facts.complete else None
    return None


def outcomes(kind: DecisionKind, *, issued: bool) -> tuple[Outcome, ...]:
    """What can be decided; ``issued``: is there a certificate with a number?"""
    if kind is DecisionKind.NEWLY_FAILED:
        return (Outcome.REVOKE if issued else Outcome.WITHHOLD, Outcome.KEEP)
    if kind is DecisionKind.RESULT_CHANGED:
        return (Outcome.SUPERSEDE, Outcome.KEEP)
    return (Outcome.ISSUE, Outcome.WITHHOLD)
