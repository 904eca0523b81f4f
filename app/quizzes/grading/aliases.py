"""The names that a paper gives its options, places, units and parts: each paper its own, for the browser alone.

Their identifiers follow from authored keys. Who knows how could reckon from them which two sides of a pair belong
together or which item comes first, and two candidates could tell each other answers by identifier. So a page, a
posted answer and a receipt hold aliases, drawn for one question of one paper and kept in its layout; everything
stored and graded holds identifiers. A layout without aliases is of a paper from before they were given.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from app.quizzes.grading.base import Layout, PartsRefused, Response, wrong_shape

_IDENTIFIER: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEPT: Final = "aliases"
#: What people wrote themselves; it names nothing.
_FREE: Final = frozenset({"text", "value"})


def give_aliases(layout: Layout) -> Layout:
    """The layout with an alias for every identifier in it."""
    found: dict[str, str] = {}
    for identifier in _identifiers(layout):
        if identifier not in found:
            alias = _draw()
            while alias in found.values():
                alias = _draw()
            found[identifier] = alias
    return layout | {_KEPT: found} if found else layout


def _draw() -> str:
    """Short, for pages and events are full of them; with a letter in front, so that none is a number."""
    return f"o{secrets.token_hex(4)}"


def _identifiers(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if _IDENTIFIER.fullmatch(value) else []
    if isinstance(value, Mapping):
        return [name for pair in value.items() for part in pair for name in _identifiers(part)]
    return [name for part in value for name in _identifiers(part)] if isinstance(value, list) else []


def outward(value: Any, layout: Layout) -> Any:
    """A response, or a view of the question, as the candidate's browser has it."""
    names = layout.get(_KEPT)
    return _renamed(value, names) if names else value


def refusal_outward(refusal: PartsRefused, layout: Layout) -> PartsRefused:
    """The same in the names of the paper: its parts as their fields are called there."""
    named = {"/".join(outward(path.split("/"), layout)): said for path, said in refusal.refused.items()}
    return PartsRefused(named, refusal.kept)


def without_identifiers(layout: Layout) -> Layout:
    """The layout in the paper's own names: to read a form that has them."""
    return outward({name: part for name, part in layout.items() if name != _KEPT}, layout)  # type: ignore[no-any-return]


def inward(response: Any, layout: Layout) -> Response:
    """What a browser sent, with identifiers. Raises Invalid where it names something by its identifier."""
    names = layout.get(_KEPT)
    if not names:
        return response  # type: ignore[no-any-return]
    # Taking identifiers, too, would tell a candidate which alias is whose.
    return _renamed(response, _Inward(names))  # type: ignore[no-any-return]


class _Inward(dict[str, str]):
    """Alias → identifier; asked for an identifier it raises Invalid."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__((alias, identifier) for identifier, alias in names.items())
        self._refused = names

    def get(self, name: str, default: Any = None) -> Any:
        if name in self._refused:
            raise wrong_shape()
        return super().get(name, default)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {
            names.get(name, name): inner if name in _FREE else _renamed(inner, names)
            for name, inner in value.items()
        }
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else value
