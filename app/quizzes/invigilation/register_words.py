"""The record of an examination in the reader's words: the same rows on the page, in the file and on paper."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app.accounts.models import Person
from app.core.languages import tr
from app.core.spreadsheets import Row
from app.quizzes.accommodations.words import brief
from app.quizzes.invigilation import words
from app.quizzes.invigilation.models import Decision, Intervention
from app.quizzes.invigilation.register import Line
from app.quizzes.invigilation.rules import Means
from app.quizzes.rules import Allowance

Say = Callable[[datetime], str]


def rows_of(lines: Sequence[Line], people: Mapping[UUID, Person], say: Say) -> list[Row]:
    """A row each; ``say`` puts moments into words."""
    return [_row(number, line, people, say) for number, line in enumerate(lines, start=1)]


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The headings for a page: without organisation and cohort where they say the same of everybody."""
    same = {name for name in (_("Organisation"), _("Cohort")) if len({row[name] for row in rows}) == 1}
    return [name for name in rows[0] if name not in same] if rows else []


def _row(number: int, line: Line, people: Mapping[UUID, Person], say: Say) -> Row:
    seat = line.seat
    return {
        _("No."): number,
        _("Student number"): line.student_number,
        _("Name"): line.name,
        _("Organisation"): tr(line.organisation) if line.organisation else "",
        _("Cohort"): line.group,
        _("State"): words.states()[seat.state] if seat else _("did not come"),
        _("Identity"): _identity(line.release, people) if line.release else "",
        _("Began at"): say(line.began_at) if line.began_at else "",
        _("Ended at"): say(seat.ended_at) if seat and seat.ended_at else "",
        _("Answered"): f"{seat.answered} / {seat.questions}" if seat else "",
        _("Remarks"): _remarks(line, people, say),
    }


def _identity(release: Intervention, people: Mapping[UUID, Person]) -> str:
    how = _("by video") if release.details.get("means") == Means.VIDEO else _("in person")
    return _said(how, release, people)


def _remarks(line: Line, people: Mapping[UUID, Person], say: Say) -> str:
    if line.absence and line.absence.next_start:
        return words.bars()[line.absence.bar].replace("{time}", say(line.absence.next_start))
    deeds = [(each, _deed(each.decision, each.details)) for each in line.decisions]
    return str(_("; ").join(f"{say(each.created_at)} {_said(deed, each, people)}" for each, deed in deeds))


def _said(deed: str, decided: Intervention, people: Mapping[UUID, Person]) -> str:
    """What was done, why, and who decided it, unless it was the candidate herself."""
    own = decided.decision in (Decision.OWN_PAUSE, Decision.OWN_RESUME)
    by = [] if own or decided.actor_id not in people else [people[decided.actor_id].name]
    why = [decided.reason] if decided.reason else []
    return " · ".join([str(_(": ").join([deed, *why])), *by])


def _deed(decision: Decision, details: Mapping[str, Any]) -> str:
    minutes = details.get("minutes", 0)
    texts: dict[Decision, Callable[[], str]] = {
        Decision.REFUSE: lambda: _("turned away"),
        Decision.EXTEND: lambda: _("%(minutes)s more minutes", minutes=minutes),
        Decision.PAUSE: lambda: _("paused"),
        Decision.RESUME: lambda: _("went on after a pause"),
        Decision.VOID: lambda: _("declared void"),
        Decision.REOPEN: lambda: _("opened again for %(minutes)s minutes", minutes=minutes),
        Decision.COUNT_LATE: lambda: _("late answers counted: %(count)s", count=len(details.get("ordinals", ()))),
        Decision.ACCOMMODATION: lambda: brief(Allowance.from_json(details["allowance"])),
        Decision.OWN_PAUSE: lambda: _("took a pause of her own"),
        Decision.OWN_RESUME: lambda: _("went on after a pause of her own"),
    }
    return texts[decision]()
