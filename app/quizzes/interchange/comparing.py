"""Are two authored questions the same question? Used to prove each exported question by reading it back."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.core.messages import Message
from app.quizzes import grading
from app.quizzes.grading.malformed import Malformed
from app.quizzes.interchange.markup import reads
from app.quizzes.interchange.model import Raw, completed, is_texts

_NUMBERS = frozenset({"marks", "answer", "tolerance", "points", "factor", "from", "to", "step"})
#: What holds an identifier: of its own, or of another part of the question.
_NAMES = frozenset({"id", "right", "item", "unit_id"})
_GAP = re.compile(r"\{\{([^{}]+)\}\}")


def difference(before: Raw, after: Raw) -> str | Message:
    """The path of the first thing that is not the same; empty when nothing differs.

    Identifiers of choices do not count, only their order; texts are the same when they are shown the same.
    """
    try:
        first, second = (grading.validate("compared", dict(raw)) for raw in (before, after))
    except Malformed as error:
        return error.why
    return _differs(told(first), told(second), "")


def differing(before: Raw, after: Raw) -> list[str]:
    """The fields of the stored bodies that are not the same, where ``after`` may lack texts. Raises Invalid."""
    first, second = (told(grading.validate("compared", completed(raw))) for raw in (before, after))
    return [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]


def told(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body, or some of its fields, as it is compared."""
    found: dict[str, Any] = _told(body, {})
    return found


def _told(node: Any, names: dict[str, str], name: str = "") -> Any:
    """A stored body with identifiers replaced by their order of appearance, and texts by how they are shown."""
    if isinstance(node, Mapping):
        if is_texts(dict(node)):
            return {tag: reads(_with_names(str(text), names)) for tag, text in node.items()}
        # Identifiers first; last the running text, which names its gaps and is plain.
        ordered = sorted(node.items(), key=lambda entry: (entry[0] != "id", entry[0] == "text"))
        running = isinstance(node.get("text"), Mapping) and not {"gaps", "places"}.isdisjoint(node)
        return {
            key: _running(value, names) if running and key == "text" else _told(value, names, key)
            for key, value in ordered
        }
    if isinstance(node, list):
        return [_told(value, names, name) for value in node]
    if name in _NAMES:
        return names.setdefault(str(node), f"#{len(names)}")
    if name in _NUMBERS and isinstance(node, str):
        return Decimal(node)
    return node


def _running(texts: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A text with gaps: plain characters in paragraphs."""
    return {tag: re.sub(r"\n\s*\n", "\n\n", _with_names(str(text), names).strip()) for tag, text in texts.items()}


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """A text with its gaps as they are named here; what is no gap of this question stays."""
    return _GAP.sub(lambda found: f"{{{{{names.get(found[1], found[1])}}}}}", text)


def _differs(first: Any, second: Any, path: str) -> str:
    if isinstance(first, dict) and isinstance(second, dict):
        for key in [*first, *(key for key in second if key not in first)]:
            if key not in first or key not in second:
                return f"{path}.{key}".lstrip(".")
            if found := _differs(first[key], second[key], f"{path}.{key}"):
                return found
        return ""
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return path.lstrip(".")
        pairs = enumerate(zip(first, second, strict=True), start=1)
        return next((found for n, (a, b) in pairs if (found := _differs(a, b, f"{path}.{n}"))), "")
    return "" if first == second else path.lstrip(".")
