"""Whose eyes a preview looks through. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.courses.rules import CourseOutline, Evidence, Progress


class Stage(StrEnum):
    """How far the trainee is who is looked through."""

    BEGINNING = "beginning"
    #: Everything is read and answered: the examination is next.
    STUDIED = "studied"


@dataclass(frozen=True, slots=True)
class Pretended:
    """An enrolment that nobody has."""

    created_at: datetime


def progress_at(stage: Stage, outline: CourseOutline) -> Progress:
    """What that trainee has done."""
    done = stage is Stage.STUDIED
    paths, checks = outline.section_paths, outline.check_keys
    evidence = Evidence(
        sections_read=len(paths) if done else 0,
        sections_total=len(paths),
        checks_answered=len(checks) if done else 0,
        checks_total=len(checks),
        has_exam=outline.quiz_id is not None,
    )
    return Progress(evidence, frozenset(paths if done else ()), frozenset(checks if done else ()))


class Phase(StrEnum):
    """Where a day lies in a span of days."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


def phase_of(day: date, starts_on: date, ends_on: date) -> tuple[Phase, int]:
    """The phase, and the days to its end; days since for what is over."""
    if day < starts_on:
        return Phase.AHEAD, (starts_on - day).days
    if day > ends_on:
        return Phase.OVER, (day - ends_on).days
    return Phase.RUNNING, (ends_on - day).days
