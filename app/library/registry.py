"""What upper packages add to the library's pages."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class CitedIn:
    """A text that cites an instrument."""

    course: Bilingual
    title: Bilingual
    url: str


_citing: list[Callable[[str], list[CitedIn]]] = []


def register_citing(find: Callable[[str], list[CitedIn]]) -> None:
    """Tell the library who cites an instrument (by key); registering twice counts once."""
    if find not in _citing:
        _citing.append(find)


def cited_in(key: str) -> list[CitedIn]:
    """Every text that cites the instrument."""
    return [cited for find in _citing for cited in find(key)]
