"""What upper packages add to the library's pages."""

import uuid
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


_change_pages: list[Callable[[uuid.UUID], str]] = []


def change_page(address: Callable[[uuid.UUID], str]) -> None:
    """Tell the library on which page a recorded change is followed up; the last one told counts."""
    _change_pages[:] = [address]


def page_of_change(change_id: uuid.UUID) -> str | None:
    """Where a recorded change is followed up."""
    return _change_pages[0](change_id) if _change_pages else None
