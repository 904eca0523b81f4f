"""What a document of the academy states: frozen claims, their canonical form, and the states of its life."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.core import digests
from app.core.text import Bilingual

#: Dates on documents are Beijing dates.
SNAPSHOT_FORMAT: Final = 1


class DocumentKind(StrEnum):
    """Documents that must never be confused: they say different things."""

    #: 结业证书: a programme was completed (with hours and the result of its examination).
    COMPLETION = "completion"
    #: 聘书: a person was appointed to the expert pool for a term.
    APPOINTMENT = "appointment"
    #: 学时证明: the courses a person completed, and their hours, whichever programme they belong to.
    HOURS = "hours"
    #: 成绩单: courses and results within one programme, as they stood on a day.
    TRANSCRIPT = "transcript"


#: The letters a number begins with.
SERIES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.COMPLETION: "OIPA",
    DocumentKind.APPOINTMENT: "OIPE",
    DocumentKind.HOURS: "OIPH",
    DocumentKind.TRANSCRIPT: "OIPT",
}
#: What a file of each kind is called where it leaves us.
FILE_WORDS: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.COMPLETION: "certificate",
    DocumentKind.APPOINTMENT: "appointment",
    DocumentKind.HOURS: "hours",
    DocumentKind.TRANSCRIPT: "transcript",
}


class CertificateState(StrEnum):
    """Where a certificate stands. Expiry is a date in the snapshot, not a state."""

    #: Due, but the holder has not confirmed her names.
    AWAITING_NAMES = "awaiting_names"
    #: Due, but the document fonts lack a character: an administrator has to act.
    BLOCKED = "blocked"
    VALID = "valid"
    #: Held back while something is looked into; it may become valid again.
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    #: An appointment that ended before its term.
    ENDED = "ended"


class StatusKind(StrEnum):
    """An event in the life of a certificate."""

    AWAITING_NAMES = "awaiting_names"
    BLOCKED = "blocked"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ENDED = "ended"


_STATE_AFTER: Final = {
    StatusKind.AWAITING_NAMES: CertificateState.AWAITING_NAMES,
    StatusKind.BLOCKED: CertificateState.BLOCKED,
    StatusKind.ISSUED: CertificateState.VALID,
    StatusKind.SUSPENDED: CertificateState.SUSPENDED,
    StatusKind.REINSTATED: CertificateState.VALID,
    StatusKind.SUPERSEDED: CertificateState.SUPERSEDED,
    StatusKind.REVOKED: CertificateState.REVOKED,
    StatusKind.ENDED: CertificateState.ENDED,
}
_MAY_FOLLOW: Final[Mapping[CertificateState | None, frozenset[StatusKind]]] = {
    None: frozenset({StatusKind.AWAITING_NAMES, StatusKind.BLOCKED, StatusKind.ISSUED}),
    CertificateState.AWAITING_NAMES: frozenset({StatusKind.BLOCKED, StatusKind.ISSUED}),
    CertificateState.BLOCKED: frozenset({StatusKind.ISSUED}),
    CertificateState.VALID: frozenset(
        {StatusKind.SUSPENDED, StatusKind.SUPERSEDED, StatusKind.REVOKED, StatusKind.ENDED}
    ),
    CertificateState.SUSPENDED: frozenset({StatusKind.REINSTATED, StatusKind.REVOKED, StatusKind.ENDED}),
    CertificateState.SUPERSEDED: frozenset(),
    CertificateState.REVOKED: frozenset(),
    CertificateState.ENDED: frozenset(),
}


def may_follow(state: CertificateState | None, kind: StatusKind) -> bool:
    """May this event happen to a certificate in this state?"""
    return kind in _MAY_FOLLOW[state]


def state_after(kinds: Iterable[StatusKind]) -> CertificateState | None:
    """The state that a history of events leads to; None for an empty one."""
    state = None
    for kind in kinds:
        state = _STATE_AFTER[kind]
    return state


class RevocationClass(StrEnum):
    """Why a certificate was revoked, for the record and the public page."""

    ISSUED_IN_ERROR = "issued_in_error"
    FALSE_MATERIAL = "false_material"
    EXAMINATION_MISCONDUCT = "examination_misconduct"
    HOLDER_REQUEST = "holder_request"
    OTHER = "other"


class SuspensionClass(StrEnum):
    """Why a certificate is held back, for the record and the public page."""

    UNDER_INVESTIGATION = "under_investigation"
    RESULT_IN_DOUBT = "result_in_doubt"
    HOLDER_REQUEST = "holder_request"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Names:
    """A person's names as she confirmed them: in Chinese, and in Latin letters as in the passport."""

    name: str
    latin: str


@dataclass(frozen=True, slots=True)
class CourseClaim:
    """A completed course. Hours are 学时 as a decimal string; the digest names the revision studied."""

    key: str
    title: Bilingual
    hours: str
    completed_on: str
    revision_digest: str


@dataclass(frozen=True, slots=True)
class CompletionClaims:
    """What a certificate of completion states. Percent and hours are decimal strings, dates ISO."""

    programme_key: str
    programme_title: Bilingual
    programme_level: Bilingual
    programme_digest: str
    trained_at: Bilingual
    hours: str
    courses: tuple[CourseClaim, ...]
    completed_on: str
    examination: Bilingual
    #: None where the programme has no examination, or where its review policy hides percentages.
    result_percent: str | None
    #: How long the examination's result (考核合格) stands; the completion itself is a fact.
    result_valid_until: str | None
    quiz_revision_digest: str | None
    grade_run_id: str | None
    #: Up to when the courses' authors followed the law.
    law_as_of: str | None

    @property
    def examined(self) -> bool:
        """Does it rest on a passed examination?"""
        return self.result_percent is not None or self.grade_run_id is not None


@dataclass(frozen=True, slots=True)
class AppointmentClaims:
    """What a letter of appointment states."""

    category: Bilingual
    fields: tuple[Bilingual, ...]
    jurisdictions: tuple[Bilingual, ...]
    languages: tuple[Bilingual, ...]
    starts_on: str
    ends_on: str
    affiliation: Bilingual | None
    criteria_digest: str


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """A completed course in a statement of hours or a transcript; the percentage where it was examined."""

    key: str
    title: Bilingual
    hours: str
    completed_on: str
    result_percent: str | None
    revision_digest: str


@dataclass(frozen=True, slots=True)
class RecordClaims:
    """What a statement of hours or a transcript lists. Percent and hours are decimal strings, dates ISO."""

    #: The programme of a transcript; of a statement of hours, what it covers in words.
    programme_key: str | None
    programme_title: Bilingual
    programme_level: Bilingual | None
    trained_at: Bilingual
    courses: tuple[CourseRecord, ...]
    hours: str
    starts_on: str
    ends_on: str
    #: The programme's examination, once passed.
    examination: Bilingual | None
    result_percent: str | None
    quiz_revision_digest: str | None
    grade_run_id: str | None
    law_as_of: str | None


Claims = CompletionClaims | AppointmentClaims | RecordClaims


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is due: everything it will state but names, number and date of issue."""

    kind: DocumentKind
    title: Bilingual
    issuer: Bilingual
    #: The certificate itself ends on this day; None: it does not expire.
    valid_until: str | None
    cycle: int
    #: Made from example data: the document says so, large.
    example: bool
    claims: Claims

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draft":
        known = {field.name: data[field.name] for field in fields(cls)}
        kind = DocumentKind(data["kind"])
        return cls(**{**known, "kind": kind, "claims": _claims(kind, data["claims"])})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an issued document states, frozen. ``digest`` names it."""

    number: str
    issued_on: str
    holder: Names
    document: Draft
    #: The digest of the house style's version it is drawn in; None: the academy's plain style.
    style: str | None = None
    format: int = SNAPSHOT_FORMAT

    def to_json(self) -> dict[str, Any]:
        """A style that is not named is left out, as it is from records that are older than styles."""
        data = asdict(self)
        if self.style is None:
            del data["style"]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Snapshot":
        """Read a stored snapshot. Raises ValueError for a format this release does not know."""
        if data["format"] != SNAPSHOT_FORMAT:
            raise ValueError(f"snapshot format {data['format']} is not known")
        return cls(
            number=data["number"],
            issued_on=data["issued_on"],
            holder=Names(**data["holder"]),
            document=Draft.from_json(data["document"]),
            style=data.get("style"),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form, in hex."""
        return digests.digest_of(self.to_json())

    @property
    def file_name(self) -> str:
        """What the file is called where it leaves us."""
        return f"{FILE_WORDS[self.document.kind]}-{self.number}.pdf"


def _claims(kind: DocumentKind, data: Mapping[str, Any]) -> Claims:
    if kind is DocumentKind.COMPLETION:
        courses = tuple(CourseClaim(**course) for course in data["courses"])
        return CompletionClaims(**{**data, "courses": courses})
    if kind in {DocumentKind.HOURS, DocumentKind.TRANSCRIPT}:
        records = tuple(CourseRecord(**course) for course in data["courses"])
        return RecordClaims(**{**data, "courses": records})
    lists = {name: tuple(data[name]) for name in ("fields", "jurisdictions", "languages")}
    return AppointmentClaims(**{**data, **lists})


def masked_name(name: str) -> str:
    """A name as strangers without the code see it: 林见微 → 林**, LIN JIANWEI → L**."""
    return f"{name.strip()[:1]}**"


def has_expired(snapshot: Snapshot, today: date) -> bool:
    """Is the last day of its validity over?"""
    until = snapshot.document.valid_until
    return until is not None and date.fromisoformat(until) < today


def expires_on(snapshot: Snapshot) -> date | None:
    """The earlier last day: of the document, or of the result it states. None: it never expires."""
    claims = snapshot.document.claims
    result = claims.result_valid_until if isinstance(claims, CompletionClaims) else None
    return min((date.fromisoformat(day) for day in (snapshot.document.valid_until, result) if day), default=None)


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
