"""The live page's document: kept for a few seconds, shared by all invigilators of a process.

The page polls. Whoever asks first after ``KEPT_FOR`` reads the database; everybody else in the process gets the
same bytes, packed once. So the cost does not grow with the number of invigilators, and of the examinees it is one
statement every few seconds. Who is expected changes seldom and takes a few statements: it is read every eighth
time.
"""

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Final

from app.core.access import Actor
from app.quizzes.invigilation.expected import Absence, Expected, read_expected
from app.quizzes.invigilation.live import Seat, read_seats
from app.quizzes.invigilation.policies import reach

#: Seconds for which what was read serves everybody: who sits, and who is expected.
KEPT_FOR: Final = 4.0
EXPECTED_FOR: Final = 32.0
#: Seconds after which the snapshot of an examination that nobody watches is dropped.
FORGOTTEN_AFTER: Final = 60.0


def milliseconds(moment: datetime) -> int:
    """As a page keeps it: since 1970."""
    return int(moment.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Packed:
    """The document of one reach, ready to be sent."""

    etag: str
    plain: bytes
    gzipped: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """An examination as far as somebody invigilates it: never herself."""

    seats: list[Seat]
    #: Who has not begun; also those who cannot.
    absences: list[Absence]

    @property
    def groups(self) -> list[str]:
        """The cohorts of all these, by name."""
        return sorted({*(seat.group for seat in self.seats), *(each.group for each in self.absences)} - {""})

    def of_group(self, group: str) -> "Seen":
        """Those of one cohort; all without one."""
        if not group:
            return self
        return Seen(
            [each for each in self.seats if each.group == group],
            [each for each in self.absences if each.group == group],
        )


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is expected, and when that was read."""

    expected: Expected
    #: By ``time.monotonic``.
    taken: float
    #: In milliseconds since 1970.
    as_of: int

    @classmethod
    def read(cls, key: str, now: datetime) -> "Roster":
        return cls(read_expected(key, now), time.monotonic(), milliseconds(now))


@dataclass(slots=True)
class Snapshot:
    """An examination at one moment, and the documents made of it."""

    seats: list[Seat]
    roster: Roster
    taken: float
    as_of: int
    _packed: dict[Any, Packed] = field(default_factory=dict)

    @classmethod
    def read(cls, key: str, now: datetime, roster: Roster | None = None) -> "Snapshot":
        """The examination now; who is expected is not read again where it is given."""
        roster = roster or Roster.read(key, now)
        return cls(read_seats(key, now, roster.expected.groups), roster, time.monotonic(), milliseconds(now))

    def seen_by(self, actor: Actor) -> Seen:
        """As far as she invigilates."""
        places = reach(actor)

        def hers(each: Seat | Absence) -> bool:
            return each.candidate_id != actor.person_id and (places is None or each.organisation_id in places)

        sitting = {seat.candidate_id for seat in self.seats}
        absent = [each for each in self.roster.expected.people if each.candidate_id not in sitting and hers(each)]
        return Seen([seat for seat in self.seats if hers(seat)], absent)

    def packed_for(self, actor: Actor) -> Packed:
        """The document for her; packed once for all who see the same people."""
        own = actor.person_id if any(each.candidate_id == actor.person_id for each in self._everybody) else None
        key = (reach(actor), own)
        if key not in self._packed:
            seen = self.seen_by(actor)
            document = {
                "seats": [seat.as_json() for seat in seen.seats],
                "absent": [each.as_json() for each in seen.absences],
            }
            plain = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
            etag = hashlib.blake2b(plain, digest_size=12).hexdigest()
            self._packed[key] = Packed(etag, plain, gzip.compress(plain, 4, mtime=0))
        return self._packed[key]

    @property
    def _everybody(self) -> Iterable[Seat | Absence]:
        return chain(self.seats, self.roster.expected.people)


class Board:
    """The snapshots of this process. One thread reads; meanwhile the others are given what was there before."""

    def __init__(self, kept_for: float = KEPT_FOR, expected_for: float = EXPECTED_FOR) -> None:
        self.kept_for = kept_for
        self.expected_for = expected_for
        self._snapshots: dict[str, Snapshot] = {}
        self._lock = threading.Lock()

    def look(self, key: str, now: datetime, *, since: int = 0) -> Snapshot:
        """The examination as it was at most a few seconds ago, and not before ``since``.

        ``since``: when a page was made, in milliseconds since 1970: what was decided until then stands on it, and
        what it is given next must not go back behind that. A moment still to come is passed over.
        """
        if since > milliseconds(now):
            since = 0
        known = self._snapshots.get(key)
        if known is not None and self._serves(known, since):
            return known
        # Somebody else reads already: what there was before serves once more, unless there is nothing new enough.
        if not self._lock.acquire(blocking=known is None or known.as_of < since):
            assert known is not None  # noqa: S101 - else we would have waited
            return known
        try:
            known = self._snapshots.get(key)
            if known is None or not self._serves(known, since):
                known = Snapshot.read(key, now, self._roster(known, since))
                self._snapshots = {
                    other: kept
                    for other, kept in self._snapshots.items()
                    if known.taken - kept.taken < FORGOTTEN_AFTER
                } | {key: known}
            return known
        finally:
            self._lock.release()

    def _roster(self, known: Snapshot | None, since: int) -> Roster | None:
        """Who was expected a moment ago, where that still serves."""
        if known is None or known.roster.as_of < since:
            return None
        return known.roster if time.monotonic() - known.roster.taken < self.expected_for else None

    def _serves(self, known: Snapshot, since: int) -> bool:
        return time.monotonic() - known.taken < self.kept_for and known.as_of >= since
