"""Who gets which answer where: the shape of the rows that each package keeps in ``tests/<package>/access.py``.

ROWS = (
    Row("accounts.list_people", "/people", only("registrar", "administrator")),
    Row("accounts.show_person", lambda cast: f"/people/{cast.trainee.id}", only("registrar", rest=404)),
)
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.support.cast import Cast

#: Everybody in the cast, and somebody who has not signed in.
VISITOR = "visitor"
PEOPLE = tuple(name for name, kind in Cast.__annotations__.items() if kind.__name__ == "Person")
EVERYBODY = (VISITOR, *PEOPLE)

Answers = dict[str, int]


def everybody(status: int = 200) -> Answers:
    """The same answer for all, signed in or not."""
    return dict.fromkeys(EVERYBODY, status)


def signed_in(status: int = 200) -> Answers:
    """The same answer for all who have signed in; visitors are led to the sign-in page."""
    return dict.fromkeys(PEOPLE, status) | {VISITOR: 302}


def only(*names: str, ok: int = 200, rest: int = 403, **others: int) -> Answers:
    """``ok`` for those named, ``rest`` for other people, 302 for visitors; single people as keywords."""
    unknown = {*names, *others} - set(EVERYBODY)
    if unknown:
        raise ValueError(f"not in the cast: {', '.join(sorted(unknown))}")
    return signed_in(rest) | dict.fromkeys(names, ok) | others


@dataclass(frozen=True)
class Row:
    """A route, an address of it, and each one's answer. ``path`` may make what it needs from the cast.

    POST rows carry a valid CSRF token and ``data``; each person's answer is taken in the order of the cast.
    """

    endpoint: str
    path: str | Callable[[Cast], str]
    answers: Answers
    method: Literal["get", "post"] = "get"
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.endpoint}"

    def address(self, cast: Cast) -> str:
        return self.path if isinstance(self.path, str) else self.path(cast)


def packages_with_rows() -> list[str]:
    """The packages that keep rows, with dots where one stands within another."""
    here = Path(__file__).parent
    return sorted(".".join(path.parent.relative_to(here).parts) for path in here.glob("*/**/access.py"))


def all_rows() -> list[Row]:
    """Every package's rows."""
    return [row for name in packages_with_rows() for row in importlib.import_module(f"tests.{name}.access").ROWS]
