"""Which seats of a live page are shown, and in which order: by need for attention unless she asks otherwise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.core.forms import member_of
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


def counts(seats: Sequence[Seat]) -> dict[Show, int]:
    """How many seats each filter shows."""
    return {show: sum(map(fits, seats)) for show, fits in _SHOWN.items()}


@dataclass(frozen=True, slots=True)
class View:
    """What the address of a live page asks for."""

    show: Show = Show.ALL
    sort: Sort = Sort.ATTENTION
    #: Of names, student numbers or organisations.
    words: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "View":
        return cls(
            member_of(Show, arguments.get("show")) or Show.ALL,
            member_of(Sort, arguments.get("sort")) or Sort.ATTENTION,
            arguments.get("q", "").strip()[:MAX_WORDS],
        )

    def arguments(self, show: Show | None = None) -> dict[str, Any]:
        """The query of the address, or that of another filter; nothing that goes without saying."""
        show = show or self.show
        values = {
            "show": show.value if show is not Show.ALL else "",
            "sort": self.sort.value if self.sort is not Sort.ATTENTION else "",
            "q": self.words,
        }
        return {name: value for name, value in values.items() if value}


def chosen(seats: Sequence[Seat], view: View) -> list[Seat]:
    """The seats that fit, in order."""
    asked = view.words.casefold().split()
    found = [seat for seat in seats if _SHOWN[view.show](seat) and all(word in _found_by(seat) for word in asked)]
    return sorted(found, key=lambda seat: _key(seat, view.sort))


def _found_by(seat: Seat) -> str:
    """What a search looks at: the same as in invigilation.js."""
    return " ".join((seat.name, seat.student_number, *(seat.organisation or {}).values())).casefold()


def _key(seat: Seat, sort: Sort) -> tuple[Any, ...]:
    """The same as in invigilation.js: whoever needs somebody first, then whoever has least time."""
    by_time = (not seat.state.is_open, seat.deadline_at)
    keys: dict[Sort, tuple[Any, ...]] = {
        Sort.ATTENTION: (-seat.attention, *by_time),
        Sort.NAME: (),
        Sort.TIME: by_time,
        Sort.SAVED: (not seat.state.is_open, seat.saved_at or seat.started_at),
    }
    return (*keys[sort], seat.name, seat.student_number)
