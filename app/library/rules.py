"""How an instrument is named, and how a citation of it is written out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from babel import Locale

from app.core.text import in_language

#: Codes that are no ISO 3166 territory.
_OWN_NAMES: Final = {
    "INT": {"zh": "国际条约", "en": "International treaties"},
    "EU": {"zh": "欧盟", "en": "European Union"},
}


@dataclass(frozen=True, slots=True)
class InstrumentNote:
    """What a reader needs beside the text: names, state, and whether somebody compared it with the original."""

    key: str
    jurisdiction: str
    data: Mapping[str, Any]

    def name(self, locale: str) -> str:
        return in_language(self.data["title"], locale)

    def short(self, locale: str) -> str:
        """The name that citations in a text use."""
        return in_language(self.data.get("short") or self.data["title"], locale)

    def pinpoint(self, pin: str, locale: str) -> str:
        """A pin written out by the instrument's pattern: ``(a)(2)`` → § 1337(a)(2)."""
        pattern = in_language(self.data.get("pin"), locale) or "{}"
        return pattern.replace("{}", pin) if pin else ""

    def status_on(self, day: date) -> str:
        """Its state on a day, as far as its dates tell; else as recorded."""
        dates = {name: date.fromisoformat(str(when)) for name, when in self.data.get("dates", {}).items() if when}
        recorded = str(self.data["status"])
        if "repealed" in dates and dates["repealed"] <= day:
            return "repealed"
        if "in_force" in dates and day < dates["in_force"]:
            return "adopted"
        if recorded == "adopted" or (recorded == "repealed" and "repealed" in dates):
            return "in_force" if "in_force" in dates else recorded
        return recorded

    @property
    def reviewed(self) -> bool:
        return bool(self.data["review"] == "reviewed")


def jurisdiction_name(code: str, locale: str) -> str:
    """The name of a jurisdiction in the reader's language; the code itself when nobody knows it."""
    if code in _OWN_NAMES:
        return in_language(_OWN_NAMES[code], locale)
    names = Locale.parse("en" if locale.startswith("en") else "zh_Hans").territories
    return str(names.get(code, code))


def citation_words(note: InstrumentNote, pin: str, locale: str, *, again: bool = False) -> str:
    """A citation as the text shows it; ``again`` when the same instrument was cited just before."""
    pinpoint = note.pinpoint(pin, locale)
    if again and pinpoint:
        return pinpoint
    separator = " " if locale.startswith("en") and not note.short(locale).endswith("》") else ""
    return f"{note.short(locale)}{separator}{pinpoint}".strip()


def full_name(note: InstrumentNote, pin: str, locale: str) -> str:
    """A citation with the instrument's whole name and number, for margins and tooltips."""
    parts = [note.name(locale), note.pinpoint(pin, locale), str(note.data.get("number", ""))]
    separator = ", " if locale.startswith("en") else "，"
    return separator.join(part for part in parts if part)


def search_words(data: Mapping[str, Any]) -> str:
    """Everything an instrument is found by."""
    title, note = data["title"], data.get("note") or {}
    parts = [
        data["id"],
        data.get("number", ""),
        *title.values(),
        *(data.get("short") or {}).values(),
        *note.values(),
    ]
    for provision in data.get("provisions", ()):
        parts += provision["summary"].values()
    return " ".join(str(part) for part in parts)
