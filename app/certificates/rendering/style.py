"""A house style: what an issuing body's documents look like and how they speak. Pure data, never changed.

Versions are kept in the database (``styles``); a document names its version by the digest, so that drawing it
again gives the same page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any, Final

from app.certificates.rendering.drawing import Colour
from app.certificates.rules import DocumentKind, Draft
from app.core.text import Bilingual

#: What the wording of each kind of document may speak of, and what it must.
FIELDS: Final[Mapping[DocumentKind, frozenset[str]]] = {
    DocumentKind.COMPLETION: frozenset(
        {"programme", "level", "hours", "completed_on", "trained_at", "examination"}
    ),
    DocumentKind.HOURS: frozenset({"programme", "level", "hours", "starts_on", "ends_on", "trained_at"}),
    DocumentKind.TRANSCRIPT: frozenset({"programme", "level", "hours", "starts_on", "ends_on", "trained_at"}),
    DocumentKind.APPOINTMENT: frozenset({"category", "starts_on", "ends_on"}),
}
DEMANDED: Final[Mapping[DocumentKind, frozenset[str]]] = {
    DocumentKind.COMPLETION: frozenset({"programme", "level", "hours", "completed_on"}),
    DocumentKind.HOURS: frozenset({"programme", "hours"}),
    DocumentKind.TRANSCRIPT: frozenset({"programme"}),
    DocumentKind.APPOINTMENT: frozenset({"starts_on", "ends_on"}),
}


def colour(code: str) -> Colour:
    """#23407A as parts of one."""
    red, green, blue = (int(code[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return (red, green, blue)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other colour in the first."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def contrast_on_white(code: str) -> float:
    """The contrast ratio of WCAG 2.2 against paper."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour(code))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@dataclass(frozen=True, slots=True)
class SealDesign:
    """Columns of hanzi from right to left; raised (朱文, red characters) or sunk (白文, white on red)."""

    columns: tuple[str, ...]
    sunk: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and seal; colours as #RRGGBB. ``line`` is the ink of borders and titles."""

    line: str
    seal_ink: str
    seal: SealDesign

    @property
    def mist(self) -> Colour:
        return mixed(colour(self.line), (1, 1, 1), 0.54)

    @property
    def haze(self) -> Colour:
        return mixed(colour(self.line), (1, 1, 1), 0.88)

    def inks(self) -> dict[str, str]:
        """What stylesheets call the colours."""

        def darker(code: str) -> str:
            return "#" + "".join(f"{round(part * 255):02X}" for part in mixed(colour(code), (0, 0, 0), 0.28))

        return {
            "line": self.line,
            "dark": darker(self.line),
            "seal": self.seal_ink,
            "seal_dark": darker(self.seal_ink),
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of document speaks. Statements name fields in braces (``FIELDS``); a line break is kept."""

    statement: Bilingual
    #: Of a completion that rests on an examination.
    examined: Bilingual | None = None
    #: Instead of what the document is called otherwise.
    title: Bilingual | None = None
    #: In which capacities it is signed: titles of offices, not persons.
    signatories: tuple[Bilingual, ...] = ()

    def lines(self, values: Mapping[str, Bilingual], *, examined: bool) -> dict[str, list[str]]:
        """The statement in both languages, filled in."""
        chosen = self.examined if examined and self.examined else self.statement
        return {
            "zh": chosen["zh"].format_map({name: value["zh"] for name, value in values.items()}).splitlines(),
            "en": chosen["en"].format_map({name: value["en"] for name, value in values.items()}).splitlines(),
        }


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """One version of a body's style. ``digest`` is None for the academy's plain style, which no file describes."""

    digest: str | None
    example: bool
    look: Look
    wordings: Mapping[DocumentKind, Wording]

    def wording(self, kind: DocumentKind) -> Wording:
        return self.wordings[kind]

    @classmethod
    def of(cls, body: Mapping[str, Any], digest: str) -> "HouseStyle":
        """Read a stored version; where it says nothing about a document, the plain style speaks."""
        given = body.get("documents", {})
        seal = body["seal"]
        return cls(
            digest=digest,
            example=body["example"],
            look=Look(
                line=body["colours"]["line"],
                seal_ink=body["colours"]["seal"],
                seal=SealDesign(tuple(seal["columns"]), seal["carving"] == "sunk"),
            ),
            wordings={kind: _wording(given.get(kind.value, {}), PLAIN.wordings[kind]) for kind in DocumentKind},
        )


def _wording(given: Mapping[str, Any], plain: Wording) -> Wording:
    statement = given.get("statement")
    return Wording(
        statement=statement or plain.statement,
        examined=given.get("statement_with_examination") or (None if statement else plain.examined),
        title=given.get("title"),
        signatories=tuple(given.get("signatories", ())),
    )


def in_style(draft: Draft, style: HouseStyle) -> Draft:
    """What is due, as its body's style calls it; a style made up for demonstration makes it an example."""
    title = style.wording(draft.kind).title
    return replace(draft, title=title or draft.title, example=draft.example or style.example)


def fields_of(text: str) -> set[str]:
    """The fields in braces. Raises ValueError for anything but plain names: no attributes, formats or numbers."""
    names = set()
    for _, name, specification, conversion in Formatter().parse(text):
        if name is None:
            continue
        if specification or conversion or not name.isidentifier():
            raise ValueError(f"{{{name}}}")
        names.add(name)
    return names


PLAIN: Final = HouseStyle(
    digest=None,
    example=False,
    look=Look("#23407A", "#A8201A", SealDesign(("海外知", "识产权", "研修印"))),
    wordings={
        DocumentKind.COMPLETION: Wording(
            statement={
                "zh": "于{completed_on}修完“{programme}”（{level}）全部内容，\n计{hours}，准予结业。",
                "en": "completed the {programme} ({level}) on {completed_on},\ncomprising {hours}.",
            },
            examined={
                "zh": "于{completed_on}修完“{programme}”（{level}）全部内容，\n"
                "计{hours}，{examination}考核合格，准予结业。",
                "en": "completed the {programme} ({level}) on {completed_on},\n"
                "comprising {hours}, and passed the {examination}.",
            },
        ),
        DocumentKind.HOURS: Wording(
            statement={
                "zh": "自{starts_on}至{ends_on}，\n在“{programme}”（{level}）中完成下列课程，共计{hours}。",
                "en": "completed the following courses of the {programme} ({level})\n"
                "between {starts_on} and {ends_on}: {hours} in total.",
            }
        ),
        DocumentKind.TRANSCRIPT: Wording(
            statement={
                "zh": "在“{programme}”（{level}）中已完成下列课程，成绩如下。",
                "en": "has completed the following courses of the {programme} ({level}), with these results.",
            }
        ),
        DocumentKind.APPOINTMENT: Wording(
            statement={
                "zh": "兹聘请您为海外知识产权纠纷应对专家库专家，聘期自{starts_on}至{ends_on}。",
                "en": "You are hereby appointed to the pool of experts in the resolution of overseas "
                "intellectual-property disputes from {starts_on} to {ends_on}.",
            }
        ),
    },
)
