"""What authors write of an examination, and which questions its pools draw on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from ipaddress import ip_network
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.courses.content.parts import Both, Key, Part
from app.quizzes import rules

Difficulty = Annotated[int, Field(ge=1, le=3)]
PhaseName = Literal["immediately", "while_open", "after_close"]


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise PydanticCustomError("network", "{reason}", {"reason": str(error), "said": value}) from error


def _moment(value: Any) -> Any:
    # The parser has read an unquoted moment already; its text is what the author wrote.
    return value.isoformat() if isinstance(value, datetime) else value


def _access_code(code: str) -> str:
    """As it is said, or sealed (``flask quizzes seal-code``)."""
    if len(code) > 40 and not rules.is_sealed(code):
        raise PydanticCustomError("access_code", "Longer than 40 characters, and not sealed")
    return code


Network = Annotated[str, AfterValidator(_network)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
AccessCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4), AfterValidator(_access_code)]


class Drawable(Protocol):
    """What pools ask of a question."""

    @property
    def id(self) -> str: ...
    @property
    def tags(self) -> list[str]: ...
    @property
    def difficulty(self) -> int: ...


class PoolRules(Part):
    """How many questions, and which: every one given narrows the pool."""

    pick: Annotated[int, Field(ge=1, le=200)]
    #: Questions with one of these tags.
    tags: Annotated[list[Key], Field(min_length=1)] | None = None
    #: Questions of one of these difficulties.
    difficulty: Difficulty | Annotated[list[Difficulty], Field(min_length=1)] | None = None
    #: These questions.
    questions: Annotated[list[Key], Field(min_length=1)] | None = None
    module: Key | None = None

    def takes(self, question: Drawable) -> bool:
        """Does the question fit, wherever it stands?"""
        wanted = self.difficulty if isinstance(self.difficulty, list) else [self.difficulty]
        return (
            (self.tags is None or not set(self.tags).isdisjoint(question.tags))
            and (self.difficulty is None or question.difficulty in wanted)
            and (self.questions is None or question.id in self.questions)
        )


class ModulePool(PoolRules):
    """A pool of a course examination: of one module, or of all."""


class CoursePool(PoolRules):
    """A pool of a programme examination: of one course (or one of its modules)."""

    course: Key


P = TypeVar("P", bound=PoolRules)


class ExamSection(Part, Generic[P]):
    """A part of the paper: its pools are drawn, and shuffled, inside it."""

    title: Both
    introduction: Both | None = None
    pools: Annotated[list[P], Field(min_length=1)]


class ReviewRules(Part):
    """The matrix: what is shown of a finished attempt, and when; what is not written is shown always."""

    answers: "When | None" = None
    marks: "When | None" = None
    correct: "When | None" = None
    feedback: "When | None" = None
    percentage: "When | None" = None

    def matrix(self) -> rules.Review:
        given = {name: getattr(self, name) for name in rules.REVIEWED}
        return rules.Review(**{name: _phases(value) for name, value in given.items() if value is not None})


When = Literal["always", "never"] | PhaseName | Annotated[list[PhaseName], Field(min_length=1)]
ReviewRules.model_rebuild()


def _phases(when: str | list[str]) -> rules.Phases:
    if when in ("always", "never"):
        return rules.ALWAYS if when == "always" else rules.NEVER
    return frozenset(map(rules.Phase, [when] if isinstance(when, str) else when))


class DoubleMarkingRules(Part):
    difference: Annotated[Decimal, Field(ge=0, le=100, max_digits=6, decimal_places=2)]


class ExamRules(Part, Generic[P]):
    """An examination's rules. Optional keys that are not written change no digest."""

    id: Key
    title: Both
    minutes: Annotated[int, Field(ge=1, le=600)]
    pass_mark: Annotated[int, Field(ge=0, le=100)]
    attempts: Annotated[int, Field(ge=1, le=20)]
    cooling_off_hours: Annotated[int, Field(ge=0, le=24 * 90)] = 0
    #: The short spelling of ``review``.
    feedback: Literal["after_submission", "after_close", "never"] = "after_submission"
    review: ReviewRules | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    shuffle: bool | None = None
    grace_seconds: Annotated[int, Field(ge=0, le=300)] | None = None
    score_kept: Literal["highest", "latest", "first", "average"] | None = None
    navigation: Literal["free", "forward", "forward_sections"] | None = None
    #: Left out of everything that is kept or shown of the file; the engine's revision has it sealed.
    access_code: AccessCode | None = Field(default=None, exclude=True, repr=False)
    networks: Annotated[list[Network], Field(min_length=1)] | None = None
    honour: Both | None = None
    identity_check: bool | None = None
    double_marking: DoubleMarkingRules | None = None
    release: Literal["automatic", "together"] | None = None
    pause_minutes: Annotated[int, Field(ge=0, le=240)] | None = None
    pools: Annotated[list[P], Field(min_length=1)] | None = None
    sections: Annotated[list[ExamSection[P]], Field(min_length=1)] | None = None

    def all_pools(self) -> Iterator[tuple[int, tuple[str | int, ...], P]]:
        """Section, place in the file, and pool, in the order of the paper."""
        for index, pool in enumerate(self.pools or ()):
            yield 0, ("exam", "pools", index), pool
        for number, section in enumerate(self.sections or ()):
            for index, pool in enumerate(section.pools):
                yield number, ("exam", "sections", number, "pools", index), pool

    def shown_later(self) -> rules.Review:
        """What is shown of a finished attempt, in either spelling."""
        return self.review.matrix() if self.review else rules.Review.of(rules.Feedback(self.feedback))

    def settings(self) -> rules.QuizSettings:
        """The rules as the examination engine takes them."""
        given: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("opens_at", "closes_at", "shuffle", "grace_seconds", "identity_check", "pause_minutes")
        } | {
            "access_code": self.access_code,
            "networks": tuple(self.networks) if self.networks else None,
            "honour": self.honour.both() if self.honour else None,
            "score_kept": rules.ScoreKept(self.score_kept) if self.score_kept else None,
            "navigation": rules.Navigation(self.navigation) if self.navigation else None,
            "release": rules.Release(self.release) if self.release else None,
            "double_marking": (
                rules.DoubleMarking(self.double_marking.difference) if self.double_marking else None
            ),
        }
        return rules.QuizSettings(
            minutes=self.minutes,
            pass_mark=self.pass_mark,
            attempts=self.attempts,
            cooling_off_hours=self.cooling_off_hours,
            review=self.shown_later(),
            sections=tuple(
                rules.Section(part.title.both(), part.introduction.both() if part.introduction else None)
                for part in self.sections or ()
            ),
            **{name: value for name, value in given.items() if value is not None},
        )


class CourseExam(ExamRules[ModulePool]):
    """The closing examination of a course."""


class ProgrammeExam(ExamRules[CoursePool]):
    """The certification examination of a programme."""


def share_out(pools: Sequence[tuple[PoolRules, Iterable[Drawable]]]) -> list[list[str]]:
    """The questions of each pool, out of those in its reach: one that fits several stands in the first of them."""
    taken: set[str] = set()
    shared: list[list[str]] = []
    for pool, reach in pools:
        members = [question.id for question in reach if pool.takes(question) and question.id not in taken]
        taken.update(members)
        shared.append(members)
    return shared
