"""The rules of a quiz as published, and the pools it draws on."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from app.core.text import Bilingual
from app.quizzes.rules.codes import is_sealed, seal
from app.quizzes.rules.review import Feedback, Review, Shown, phase_of, told_since

MAX_MINUTES = 24 * 60
MAX_ACCESS_CODE = 40


class ScoreKept(StrEnum):
    """Which of a candidate's graded attempts is her result."""

    HIGHEST = "highest"
    LATEST = "latest"
    FIRST = "first"
    AVERAGE = "average"


class Navigation(StrEnum):
    """May a candidate go back? Forward-only: what she has left she can neither see nor change again."""

    FREE = "free"
    FORWARD = "forward"
    FORWARD_SECTIONS = "forward_sections"


class Release(StrEnum):
    """When results that people marked go out: each as it is complete, or all together on somebody's word."""

    AUTOMATIC = "automatic"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the paper; its pools name it by its place in the list."""

    title: Bilingual
    introduction: Bilingual | None = None

    def as_json(self) -> dict[str, Any]:
        return {"title": dict(self.title)} | (
            {"introduction": dict(self.introduction)} if self.introduction else {}
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Section":
        return cls(values["title"], values.get("introduction"))


@dataclass(frozen=True, slots=True)
class DoubleMarking:
    """Two markers for every answer that people mark; a third decides when they differ by more than this."""

    #: Per cent of the question's marks, 0 to 100.
    difference: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.difference <= 100:
            raise ValueError("double_marking.difference: 0 to 100 per cent")


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """The rules of a quiz, as published."""

    minutes: int
    #: Per cent, 0 to 100.
    pass_mark: int
    #: None: without limit.
    attempts: int | None = None
    cooling_off_hours: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    #: Shuffle the order of questions (inside their section) and of options.
    shuffle: bool = True
    #: How long after the deadline an answer may still arrive and count.
    grace_seconds: int = 5
    score_kept: ScoreKept = ScoreKept.HIGHEST
    navigation: Navigation = Navigation.FREE
    #: Empty: the paper has no parts.
    sections: tuple[Section, ...] = ()
    review: Review = field(default_factory=Review)
    #: What is said in the room and typed before Start; empty: none. Never shown, never logged; published sealed.
    access_code: str = field(default="", repr=False)
    #: Networks (IPv4 and IPv6) from which the paper may be opened; empty: from anywhere.
    networks: tuple[str, ...] = ()
    #: What a candidate declares before she starts.
    honour: Bilingual | None = None
    #: An invigilator has to confirm who the candidate is.
    identity_check: bool = False
    double_marking: DoubleMarking | None = None
    release: Release = Release.AUTOMATIC
    #: Minutes of pause every candidate may take.
    pause_minutes: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for rules nobody can be examined under."""
        if not 1 <= self.minutes <= MAX_MINUTES:
            raise ValueError(f"minutes: 1 to {MAX_MINUTES}")
        if not 0 <= self.pass_mark <= 100:
            raise ValueError("pass_mark: 0 to 100 per cent")
        if self.attempts is not None and self.attempts < 1:
            raise ValueError("attempts: at least 1, or none for no limit")
        if self.cooling_off_hours < 0 or not 0 <= self.grace_seconds <= 300:
            raise ValueError("cooling_off_hours: not below 0; grace_seconds: 0 to 300")
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            raise ValueError("opens_at: before closes_at")
        if self.navigation is Navigation.FORWARD_SECTIONS and not self.sections:
            raise ValueError("navigation: forward_sections needs sections")
        code = self.access_code
        if not is_sealed(code) and (len(code) > MAX_ACCESS_CODE or code != code.strip()):
            raise ValueError(f"access_code: at most {MAX_ACCESS_CODE} characters, without space around them")
        if not 0 <= self.pause_minutes <= MAX_MINUTES:
            raise ValueError(f"pause_minutes: 0 to {MAX_MINUTES}")
        _ = self.address_ranges

    @property
    def address_ranges(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks, read. Raises ValueError."""
        return tuple(ip_network(network) for network in self.networks)

    def shown(self, submitted_at: datetime, now: datetime) -> Shown:
        """What a candidate may see now of what she submitted then."""
        return self.review.shown(phase_of(submitted_at, self.closes_at, now))

    def told_since(self, submitted_at: datetime, told_at: datetime, now: datetime) -> datetime | None:
        """From when on a candidate could read what is right; its result came out at ``told_at``."""
        return told_since(self.review, submitted_at, self.closes_at, told_at, now)

    def sealed(self, examination: str) -> "QuizSettings":
        """The same with the access code as the examination with this key keeps it."""
        return replace(self, access_code=seal(self.access_code, examination))

    def as_json(self) -> dict[str, Any]:
        """JSON values. Raises ValueError while the access code is not sealed.

        What came later than the first version stands there only where it differs from the default, so that
        revisions published before it keep their digests.
        """
        if self.access_code and not is_sealed(self.access_code):
            raise ValueError("access_code: kept sealed only")
        short = self.review.short
        values: dict[str, Any] = {
            "minutes": self.minutes,
            "pass_mark": self.pass_mark,
            "attempts": self.attempts,
            "cooling_off_hours": self.cooling_off_hours,
            "opens_at": self.opens_at.isoformat() if self.opens_at else None,
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "shuffle": self.shuffle,
            "grace_seconds": self.grace_seconds,
            **({"feedback": short.value} if short else {"review": self.review.as_json()}),
        }
        later = {
            "score_kept": self.score_kept.value,
            "navigation": self.navigation.value,
            "sections": [section.as_json() for section in self.sections],
            "access_code": self.access_code,
            "networks": list(self.networks),
            "honour": dict(self.honour) if self.honour else None,
            "identity_check": self.identity_check,
            "double_marking": (
                {"difference": str(self.double_marking.difference)} if self.double_marking else None
            ),
            "release": self.release.value,
            "pause_minutes": self.pause_minutes,
        }
        return values | {name: value for name, value in later.items() if value != _LATER[name]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "QuizSettings":
        """Read a stored revision: an older one has fewer keys; keys of a newer program are passed over."""
        read = {name: value for name, value in values.items() if name in _NAMES}
        for name in ("opens_at", "closes_at"):
            read[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        if "review" in values:
            read["review"] = Review.from_json(values["review"])
        elif "feedback" in values:
            read["review"] = Review.of(Feedback(values["feedback"]))
        for name, kind in (("score_kept", ScoreKept), ("navigation", Navigation), ("release", Release)):
            if name in values:
                read[name] = kind(values[name])
        read["sections"] = tuple(Section.from_json(section) for section in values.get("sections", ()))
        read["networks"] = tuple(values.get("networks", ()))
        if values.get("double_marking"):
            read["double_marking"] = DoubleMarking(Decimal(values["double_marking"]["difference"]))
        return cls(**read)


#: The defaults of the keys that stored revisions may lack, as JSON.
_LATER: dict[str, Any] = {
    "score_kept": "highest",
    "navigation": "free",
    "sections": [],
    "access_code": "",
    "networks": [],
    "honour": None,
    "identity_check": False,
    "double_marking": None,
    "release": "automatic",
    "pause_minutes": 0,
}
_NAMES = frozenset(each.name for each in fields(QuizSettings))


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of which each paper gets ``pick``, drawn at random."""

    question_keys: list[str]
    pick: int
    label: Bilingual = field(default_factory=lambda: Bilingual(zh="", en=""))
    #: Which of the quiz's sections its questions stand in; 0 where there are none.
    section: int = 0
