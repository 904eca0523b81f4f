"""What a programme demands, and where somebody stands against it: pure decisions over plain data."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from app.core.text import Bilingual

#: Letters and digits that cannot be mistaken for each other when read out.
CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
STUCK_AFTER: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Demands:
    """A programme revision's demands, as typed data. Hours are 学时 (45 minutes), marks per cent."""

    title: Bilingual
    level: Bilingual
    compulsory: tuple[str, ...]
    elective_from: tuple[str, ...]
    elective_minimum: int
    hours: Decimal
    course_pass_mark: Decimal
    exam_key: str | None
    exam_title: Bilingual
    exam_pass_mark: Decimal
    certificate: dict[str, Any]
    example: bool
    #: What has to be declared before a renewal; None where nothing is.
    declaration: Bilingual | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any], cycle: int = 1) -> "Demands":
        """Read the body of a programme revision; after the first cycle its ``renewal`` says what is demanded."""
        renewal: Mapping[str, Any] | None = body.get("renewal") if cycle > 1 else None
        exam: Mapping[str, Any] = (body if renewal is None else renewal).get("exam") or {}
        no_title: Bilingual = {"zh": "", "en": ""}
        courses = body["courses"] if renewal is None else renewal["courses"]
        elective = courses.get("elective") or {}
        return cls(
            title=body["title"],
            level=body["level"],
            declaration=renewal["declaration"] if renewal else None,
            compulsory=tuple(courses["compulsory"]),
            elective_from=tuple(elective.get("from") or ()),
            elective_minimum=int(elective.get("minimum") or 0),
            hours=Decimal(str((renewal or body)["hours"])),
            course_pass_mark=Decimal(str(body["course_pass_mark"])),
            exam_key=exam.get("id"),
            exam_title=exam.get("title") or no_title,
            exam_pass_mark=Decimal(str(exam.get("pass_mark") or 0)),
            certificate=dict(body["certificate"]),
            example=bool(body.get("example")),
        )

    @property
    def courses(self) -> tuple[str, ...]:
        """Every course that can count, compulsory first."""
        return self.compulsory + self.elective_from


@dataclass(frozen=True, slots=True)
class CourseState:
    """One course of one person, as far as a programme cares."""

    key: str
    enrolled: bool = False
    completed_at: datetime | None = None
    hours: Decimal = Decimal(0)
    #: 0–1: sections read and check questions answered.
    progress: float = 0.0
    exam_passed: bool | None = None
    last_activity_at: datetime | None = None

    @property
    def done(self) -> bool:
        return self.completed_at is not None


def counted(states: Mapping[str, CourseState], since: datetime | None) -> dict[str, CourseState]:
    """In a renewal, courses completed before it began are courses not begun."""
    return {
        key: state
        if since is None or state.completed_at is None or state.completed_at >= since
        else CourseState(key)
        for key, state in states.items()
    }


@dataclass(frozen=True, slots=True)
class ExamState:
    """The certification examination of one person."""

    #: Of the best graded attempt; None while nothing is graded.
    percent: Decimal | None = None
    passed: bool = False
    attempts_used: int = 0
    #: May the candidate herself see it now?
    shown: bool = True
    #: The percentage as far as a certificate may state it.
    stated_percent: Decimal | None = None

    @property
    def is_hidden(self) -> bool:
        """Graded, and not to be told to her yet."""
        return self.percent is not None and not self.shown

    @property
    def failed(self) -> bool:
        """Graded and not passed; an attempt that still runs, or waits for marks, is not failed."""
        return self.percent is not None and not self.passed


class Step(StrEnum):
    """What somebody has to do next for the programme."""

    STUDY = "study"
    COURSE_EXAM = "course_exam"
    MORE_HOURS = "more_hours"
    CERTIFICATION_EXAM = "certification_exam"
    DECLARATION = "declaration"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where somebody stands: what is missing, what to do next and in which course."""

    step: Step
    next_course: str | None
    courses_done: int
    courses_needed: int
    hours: Decimal
    share: float
    ready_for_exam: bool
    complete: bool


def assess(
    demands: Demands, courses: Mapping[str, CourseState], exam: ExamState, *, declared: bool = False
) -> Progress:
    """Hold a person's courses, examination and declaration against the demands.

    Compulsory courses all count; of the electives the required number, those done first. The certification
    examination opens when courses and hours are complete. A declaration may be made at any time.
    """
    states = {key: courses.get(key, CourseState(key)) for key in demands.courses}
    compulsory = [states[key] for key in demands.compulsory]
    electives_done = [states[key] for key in demands.elective_from if states[key].done]
    needed = len(compulsory) + demands.elective_minimum
    done = sum(state.done for state in compulsory) + min(len(electives_done), demands.elective_minimum)
    hours = sum((state.hours for state in states.values() if state.done), Decimal(0))
    ready = done >= needed and hours >= demands.hours
    examined = exam.passed or demands.exam_key is None
    undeclared = demands.declaration is not None and not declared
    complete = ready and examined and not undeclared

    current = _next_course(compulsory, [states[key] for key in demands.elective_from], done < needed)
    if complete:
        step = Step.DONE
    elif ready:
        step = Step.DECLARATION if examined else Step.CERTIFICATION_EXAM
    elif current is None:
        step = Step.MORE_HOURS
    else:
        step = Step.COURSE_EXAM if current.progress >= 1 else Step.STUDY
    parts = needed + (demands.exam_key is not None) + (demands.declaration is not None)
    partial = sum(state.progress for state in compulsory if not state.done) * 0.9
    whole = done + (demands.exam_key is not None and exam.passed) + (demands.declaration is not None and declared)
    share = (whole + partial) / parts if parts else 1.0
    return Progress(
        step=step,
        next_course=current.key if current else None,
        courses_done=done,
        courses_needed=needed,
        hours=hours,
        share=min(share, 1.0),
        ready_for_exam=ready,
        complete=complete,
    )


def _next_course(
    compulsory: list[CourseState], electives: list[CourseState], courses_missing: bool
) -> CourseState | None:
    open_ones = [state for state in compulsory if not state.done]
    if not open_ones and courses_missing:
        open_ones = [state for state in electives if not state.done]
    return max(open_ones, key=lambda state: state.progress) if open_ones else None


class Stuck(StrEnum):
    """Why somebody does not get on; shown to the registrar, worst first."""

    EXAM_FAILED = "exam_failed"
    NOT_STARTED = "not_started"
    SILENT = "silent"


def stuck_reason(
    progress: Progress,
    courses: Mapping[str, CourseState],
    exam: ExamState,
    *,
    joined_at: datetime,
    now: datetime,
) -> Stuck | None:
    """Somebody is stuck who failed an examination, never began, or has done nothing for 14 days."""
    if progress.complete:
        return None
    if any(state.exam_passed is False for state in courses.values()) or exam.failed:
        return Stuck.EXAM_FAILED
    moments = [state.last_activity_at for state in courses.values() if state.last_activity_at]
    if not moments:
        return Stuck.NOT_STARTED if now - joined_at >= STUCK_AFTER else None
    return Stuck.SILENT if now - max(moments) >= STUCK_AFTER else None


def new_join_code() -> str:
    """Eight unambiguous characters, about 39 bits: guessing is for the throttle to stop."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


def normalise_join_code(typed: str) -> str:
    """What somebody typed or read out: case, spaces and hyphens do not matter."""
    return "".join(character for character in typed.upper() if character.isalnum())
