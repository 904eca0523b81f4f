"""What an author says of a question, as tags: ``objective:o1``, ``difficulty:2`` … beside her own."""

from collections.abc import Iterable
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange.model import Raw

#: What types of questions are called.
TYPE_NAMES: Final = {
    "single": N_("Single choice"),
    "multiple": N_("Multiple choice"),
    "true_false": N_("True or false"),
    "numeric": N_("Numerical"),
    "short_text": N_("Short text"),
    "matching": N_("Matching"),
    "ordering": N_("Ordering"),
    "cloze": N_("Gaps in a text"),
    "calculated": N_("Calculated number"),
    "drag_text": N_("Drag into text"),
    "drag_image": N_("Drag onto an image"),
    "essay": N_("Essay"),
    "file_upload": N_("File upload"),
    "case": N_("Case analysis"),
}
_ONE: Final = {"objective": "objective", "difficulty": "difficulty", "as_of": "as-of", "use": "use"}


def type_of(raw: Raw) -> object:
    """The name of a question's type, or what stands in its place."""
    return TYPE_NAMES.get(str(raw.get("type")), raw.get("type"))


def tags_of(raw: Raw, **more: object) -> list[str]:
    """Everything said of the question, each as one tag; ``more`` are further named ones."""
    found = [str(tag) for tag in raw.get("tags") or ()]
    found += [f"{word}:{raw[name]}" for name, word in _ONE.items() if raw.get(name) is not None]
    if raw.get("type") in {"multiple", "ordering"} and raw.get("scoring"):
        found.append(f"scoring:{raw['scoring']}")
    found += [f"law:{place}" for place in raw.get("law") or ()]
    return found + [f"{name}:{value}" for name, value in more.items()]


def read_tags(tags: Iterable[str]) -> tuple[Raw, dict[str, str]]:
    """What tags say of a question, and the named ones that are not of this kind."""
    raw: Raw = {}
    others: dict[str, str] = {}
    known = {word: name for name, word in _ONE.items()}
    for tag in tags:
        word, colon, value = tag.strip().partition(":")
        if colon and word == "law":
            raw.setdefault("law", []).append(value)
        elif colon and word == "difficulty":
            if value in {"1", "2", "3"}:
                raw["difficulty"] = int(value)
        elif colon and word in known:
            raw[known[word]] = value
        elif colon and word in {"marks", "unit-zh", "unit-en", "scoring"}:
            others[word] = value
        elif tag.strip():
            raw.setdefault("tags", []).append(tag.strip())
    return raw, others
