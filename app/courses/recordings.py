"""Recordings and attachments of a lesson, as a page shows them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.core import markdown
from app.courses.content.media_checks import kind_of
from app.courses.content.tree import LANGUAGES

_PARAGRAPHS: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class ShownMedia:
    """A recording or attachment at its place in a lesson."""

    kind: str
    name: str
    title: str
    url: str
    media_type: str
    #: Bytes.
    size: int
    milliseconds: int | None
    width: int | None
    height: int | None
    #: Language → address.
    captions: Mapping[str, str]
    #: Language → paragraphs.
    transcript: Mapping[str, tuple[str, ...]]

    @property
    def length(self) -> str:
        """``4:05`` or ``1:02:03``; empty where it is not known."""
        if self.milliseconds is None:
            return ""
        minutes, seconds = divmod(round(self.milliseconds / 1000), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class MissingMedia:
    """A block whose file is not there, as happens while somebody writes."""

    kind: str
    name: str
    title: str
    url: str = ""


#: What a block becomes; its address may differ from page to page.
Show = Callable[[markdown.PlacedMedia], ShownMedia | MissingMedia]


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a transcript."""
    return tuple(" ".join(part.split()) for part in _PARAGRAPHS.split(text.strip()) if part.strip())


def showing(kept: Mapping[str, Mapping[str, Any]], address: str) -> Show:
    """Shows files that a module revision keeps, by name; ``address`` stands before digests."""

    def show(placed: markdown.PlacedMedia) -> ShownMedia | MissingMedia:
        file = kept.get(placed.name)
        if file is None:
            return MissingMedia(placed.kind, placed.name, placed.title)
        return ShownMedia(
            kind=kind_of(file["media_type"]),
            name=placed.name,
            title=placed.title,
            url=f"{address}{file['digest']}",
            media_type=file["media_type"],
            size=file["size"],
            milliseconds=file["milliseconds"],
            width=file["width"],
            height=file["height"],
            captions={tag: f"{address}{file['captions'][tag]}" for tag in LANGUAGES if tag in file["captions"]},
            transcript={
                tag: paragraphs(file["transcript"][tag]) for tag in LANGUAGES if tag in file["transcript"]
            },
        )

    return show
