"""The record of an examination for the file: who came, when, how she was identified, what was decided, who stayed
away. No mark and no answer stands in it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.quizzes.invigilation.board import Seen
from app.quizzes.invigilation.expected import Absence
from app.quizzes.invigilation.live import Seat
from app.quizzes.invigilation.models import Decision, Intervention
from app.quizzes.models import AttemptState


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate's attempt, or one who did not begin."""

    name: str
    student_number: str
    organisation: dict[str, str] | None
    group: str
    #: None: she did not begin.
    seat: Seat | None = None
    absence: Absence | None = None
    #: How she was let in; None where nobody checked.
    release: Intervention | None = None
    #: What else was decided, in order.
    decisions: list[Intervention] = field(default_factory=list)

    @property
    def began_at(self) -> datetime | None:
        """When her time began; None where it did not."""
        refused = any(each.decision is Decision.REFUSE for each in self.decisions)
        if self.seat is None or self.seat.state is AttemptState.WAITING or refused:
            return None
        return self.seat.started_at

    @property
    def actors(self) -> set[uuid.UUID]:
        """Who decided."""
        return {each.actor_id for each in (self.release, *self.decisions) if each}


def lines_of(seen: Seen) -> list[Line]:
    """Everybody who began within the last day or was expected, by student number and name; who could not begin is
    left out. One statement."""
    decided = _decisions([seat.attempt_id for seat in seen.seats])
    lines = [_line_of(seat, decided.get(seat.attempt_id, [])) for seat in seen.seats]
    lines += [_absent(each) for each in seen.absences if each.is_expected]
    return sorted(lines, key=lambda line: (line.student_number, line.name, line.seat.number if line.seat else 0))


def _line_of(seat: Seat, decided: list[Intervention]) -> Line:
    releases = [each for each in decided if each.decision is Decision.RELEASE]
    return Line(
        seat.name,
        seat.student_number,
        seat.organisation,
        seat.group,
        seat,
        release=releases[-1] if releases else None,
        decisions=[each for each in decided if each.decision is not Decision.RELEASE],
    )


def _absent(absence: Absence) -> Line:
    return Line(absence.name, absence.student_number, absence.organisation, absence.group, absence=absence)


def _decisions(attempt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Intervention]]:
    found: dict[uuid.UUID, list[Intervention]] = {}
    rows = db.session.scalars(
        select(Intervention)
        .where(Intervention.attempt_id.in_(attempt_ids))
        .order_by(Intervention.attempt_id, Intervention.number)
    )
    for row in rows:
        found.setdefault(row.attempt_id, []).append(row)
    return found
