"""What stands in the header, the footer and the account menu: each package registers its own entries.

An entry is drawn for those whom its view admits (the view's own access rule) and, when ``roles`` are given,
who hold one of them. So a link never leads to a refusal, and no rule is written twice. How much waits somewhere,
desks say (``core.worklist``).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from app.core import access
from app.core.access import Actor, Role

Place = Literal["main", "footer", "account"]


class Area(StrEnum):
    """A field of work: the main links of those who have more than one are gathered by it."""

    STUDY = "study"
    TEACHING = "teaching"
    EXAMINATIONS = "examinations"
    CERTIFICATION = "certification"
    PEOPLE = "people"


AREAS: Final = {
    Area.STUDY: _l("Study"),
    Area.TEACHING: _l("Teaching and classes"),
    Area.EXAMINATIONS: _l("Examinations"),
    Area.CERTIFICATION: _l("Certification"),
    Area.PEOPLE: _l("People and records"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered link; ``post`` entries are sent as a form (signing out)."""

    label: Any
    endpoint: str
    roles: frozenset[Role] | None
    order: int
    place: Place
    post: bool
    area: Area = Area.STUDY
    #: Further addresses whose pages belong to it.
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A link as the templates draw it."""

    label: str
    url: str
    current: bool
    post: bool
    area: Area = Area.STUDY


@dataclass(frozen=True, slots=True)
class AreaItem:
    """A field of work with its links; it leads to the first of them."""

    label: str
    items: list[Item]

    @property
    def url(self) -> str:
        return self.items[0].url

    @property
    def current(self) -> bool:
        return any(item.current for item in self.items)


_entries: dict[tuple[Place, str], Entry] = {}


def register(
    label: Any,
    endpoint: str,
    *,
    roles: Collection[Role] | None = None,
    order: int = 50,
    place: Place = "main",
    post: bool = False,
    area: Area = Area.STUDY,
    covers: tuple[str, ...] = (),
) -> None:
    """Put a link (a lazy text, an endpoint without parameters) into a place; registering again replaces it.

    Pages under its address and under those of ``covers`` belong to it.
    """
    _entries[place, endpoint] = Entry(
        label, endpoint, frozenset(roles) if roles is not None else None, order, place, post, area, covers
    )


def entries() -> Iterable[Entry]:
    """Every registered entry, for the guard that checks their endpoints."""
    return tuple(_entries.values())


def _is_for(entry: Entry, actor: Actor | None) -> bool:
    rule = access.rule_of(current_app.view_functions.get(entry.endpoint))
    if rule is None or not rule.allows(actor):
        return False
    return entry.roles is None or (actor is not None and actor.has(*entry.roles))


def _covers(url: str, path: str) -> bool:
    """Does the page at ``path`` belong to the link ``url``?"""
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


@dataclass(frozen=True, slots=True)
class _Line:
    """An entry as it is drawn for a language and an address of the application: for whom is asked each time."""

    entry: Entry
    label: str
    url: str


def _lines(place: Place) -> list[_Line]:
    """The entries of a place in order, kept with the application."""
    kept: dict[tuple[Any, ...], list[_Line]] = current_app.extensions.setdefault("academy.navigation", {})
    key = place, str(get_locale()), request.root_path, len(_entries)
    if key not in kept:
        known = (one for one in _entries.values() if one.place == place)
        present = [one for one in known if one.endpoint in current_app.view_functions]
        kept[key] = [
            _Line(entry, str(entry.label), url_for(entry.endpoint))
            for entry in sorted(present, key=lambda entry: (entry.order, entry.endpoint))
        ]
    return kept[key]


def items_for(place: Place, actor: Actor | None, path: str) -> list[Item]:
    """The links of a place for a person; the one with the longest matching address is current."""
    shown = [line for line in _lines(place) if _is_for(line.entry, actor)]
    reached = [
        (len(url), line.url)
        for line in shown
        for url in (line.url, *(request.root_path + address for address in line.entry.covers))
        if _covers(url, path)
    ]
    current = max(reached)[1] if reached else None
    return [Item(line.label, line.url, line.url == current, line.entry.post, line.entry.area) for line in shown]


def areas_of(items: Iterable[Item]) -> list[AreaItem]:
    """The fields of work of a person, or nothing when all her links belong to one."""
    found = {area: [item for item in items if item.area is area] for area in Area}
    held = [AreaItem(str(AREAS[area]), members) for area, members in found.items() if members]
    return held if len(held) > 1 else []


def _actor() -> Actor | None:
    """The person, or nobody while the database does not answer: an error page must still be drawn."""
    try:
        return access.current_actor()
    except SQLAlchemyError:
        return None


def _sign_in_url() -> str | None:
    if "accounts.sign_in" not in current_app.view_functions or request.endpoint == "accounts.sign_in":
        return None
    here = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return url_for("accounts.sign_in", next=here)


def init_navigation(app: Flask) -> None:
    """Give every template its links."""

    @app.context_processor
    def _navigation() -> dict[str, object]:
        actor = _actor()
        links = items_for("main", actor, request.path)
        return {
            "actor": actor,
            "nav_items": links,
            "nav_areas": areas_of(links),
            "footer_items": items_for("footer", actor, request.path),
            "account_items": items_for("account", actor, request.path) if actor else [],
            "account_name": actor.name if actor else None,
            "sign_in_url": None if actor else _sign_in_url(),
            "home_url": url_for("home.index") if "home.index" in app.view_functions else "/",
        }
