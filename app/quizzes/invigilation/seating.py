"""Which people of a live page are shown, and in which order: by need for attention unless she asks otherwise."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.core.forms import member_of
from app.quizzes.invigilation.board import Seen
from app.quizzes.invigilation.expected import Absence
from app.quizzes.invigilation.live import Seat
from app.quizzes.models import AttemptState

#: Rows on a page; the script shows as many of all that it has.
ROWS: Final = 100
MAX_WORDS: Final = 80


class Show(StrEnum):
    """Filters of the live page."""

    ALL = "all"
    ATTENTION = "attention"
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    #: Not begun: who is waited for, and who cannot begin.
    ABSENT = "absent"
    LOCKED = "locked"


class Sort(StrEnum):
    """Orders of the live page."""

    ATTENTION = "attention"
    NAME = "name"
    TIME = "time"
    SAVED = "saved"


_SHOWN: Final[dict[Show, Callable[[Seat], bool]]] = {
    Show.ALL: lambda _seat: True,
    Show.ATTENTION: lambda seat: seat.attention >= 2,
    Show.WAITING: lambda seat: seat.state is AttemptState.WAITING,
    Show.RUNNING: lambda seat: seat.state is AttemptState.IN_PROGRESS,
    Show.PAUSED: lambda seat: seat.state is AttemptState.PAUSED,
    Show.ENDED: lambda seat: not seat.state.is_open,
}


_ABSENT: Final[dict[Show, Callable[[Absence], bool]]] = {
    Show.ABSENT: lambda absence: absence.is_expected,
    Show.LOCKED: lambda absence: not absence.is_expected,
}


#: Those who have ended come last, in this order.
_ENDED: Final = {AttemptState.EXPIRED: 1, AttemptState.SUBMITTED: 2, AttemptState.VOIDED: 3}


def counts(seen: Seen) -> dict[Show, int]:
    """How many each filter shows."""
    found = {show: sum(map(fits, seen.seats)) for show, fits in _SHOWN.items()}
    return found | {show: sum(map(fits, seen.absences)) for show, fits in _ABSENT.items()}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, at one glance."""

    #: Who has begun, or may still come.
    expected: int
    started: int
    absent: int
    submitted: int
    expired: int


def tally(seen: Seen) -> Tally:
    """The same as in invigilation.js: heads are counted once, however many attempts of theirs are shown."""
    states = Counter(seat.state for seat in seen.seats)
    started = len({seat.candidate_id for seat in seen.seats})
    absent = sum(each.is_expected for each in seen.absences)
    return Tally(
        expected=started + absent,
        started=started,
        absent=absent,
        submitted=states[AttemptState.SUBMITTED],
        expired=states[AttemptState.EXPIRED],
    )


@dataclass(frozen=True, slots=True)
class View:
    """What the address of a live page asks for."""

    show: Show = Show.ALL
    sort: Sort = Sort.ATTENTION
    #: Of names, student numbers, cohorts or organisations.
    words: str = ""
    #: The name of a cohort; empty: all.
    group: str = ""

    @property
    def of_absent(self) -> bool:
        """Does it ask for those who have not begun?"""
        return self.show in _ABSENT

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "View":
        return cls(
            member_of(Show, arguments.get("show")) or Show.ALL,
            member_of(Sort, arguments.get("sort")) or Sort.ATTENTION,
            arguments.get("q", "").strip()[:MAX_WORDS],
            arguments.get("group", ""),
        )

    def arguments(self, show: Show | None = None) -> dict[str, Any]:
        """The query of the address, or that of another filter; nothing that goes without saying."""
        show = show or self.show
        values = {
            "show": show.value if show is not Show.ALL else "",
            "sort": self.sort.value if self.sort is not Sort.ATTENTION else "",
            "q": self.words,
            "group": self.group,
        }
        return {name: value for name, value in values.items() if value}


def chosen(seats: Sequence[Seat], view: View) -> list[Seat]:
    """The seats that fit, in order; none where those are shown who have not begun."""
    if view.show not in _SHOWN:
        return []
    found = [seat for seat in seats if _SHOWN[view.show](seat) and _is_asked_for(seat, view)]
    return sorted(found, key=lambda seat: _key(seat, view.sort))


def chosen_absent(absences: Sequence[Absence], view: View) -> list[Absence]:
    """Those who have not begun and fit, in order: who could begin now first, unless names are asked for."""
    if view.show not in _ABSENT:
        return []
    found = [each for each in absences if _ABSENT[view.show](each) and _is_asked_for(each, view)]
    by_name = view.sort is Sort.NAME
    return sorted(found, key=lambda each: (0 if by_name else each.rank, each.name, each.student_number))


def _is_asked_for(person: Seat | Absence, view: View) -> bool:
    """Does a search find her? It looks at the same as in invigilation.js."""
    text = " ".join((person.name, person.student_number, person.group, *(person.organisation or {}).values()))
    text = text.casefold()
    return all(word in text for word in view.words.casefold().split())


def _key(seat: Seat, sort: Sort) -> tuple[Any, ...]:
    """The same as in invigilation.js: whoever needs somebody first, then whoever has least time; of those who have
    ended, first who did not hand in herself."""
    by_time = (_ENDED.get(seat.state, 0), seat.deadline_at)
    keys: dict[Sort, tuple[Any, ...]] = {
        Sort.ATTENTION: (-seat.attention, *by_time),
        Sort.NAME: (),
        Sort.TIME: by_time,
        Sort.SAVED: (_ENDED.get(seat.state, 0), seat.saved_at or seat.started_at),
    }
    return (*keys[sort], seat.name, seat.student_number)
