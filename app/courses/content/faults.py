"""Faults an author can mend: where, what is wrong, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.courses.content.files import FilePath, Finding
from app.courses.content.parsing import Parsed, parse_yaml

Location = tuple[int | str, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. ``line`` and ``column`` count from 1, as editors do."""

    file: str
    line: int
    column: int
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.wrong}; {self.mend}"


class ContentFaults(Exception):
    """The content cannot be loaded; ``faults`` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults in the content")
        self.faults = faults


class Report:
    """Collects the faults of one run; paths are shown relative to the content folder's parent."""

    def __init__(self, root: FilePath | None = None) -> None:
        self.parent = f"{root.parent.as_posix()}/" if root else ""
        self.faults: list[Fault] = []

    def shown(self, path: FilePath) -> str:
        return path.as_posix().removeprefix(self.parent)

    def add(self, path: FilePath, line: int, column: int, wrong: str, mend: str) -> None:
        self.faults.append(Fault(self.shown(path), line, column, wrong, mend))


def nearest(word: str, known: Iterable[str]) -> str:
    """“ (did you mean `x`?)” when something known is spelt alike, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean `{close[0]}`?)" if close else ""


class YamlDocument:
    """A parsed YAML file that can say where everything stands."""

    def __init__(self, path: FilePath, report: Report, parsed: Parsed) -> None:
        self.path = path
        self.report = report
        self.parsed = parsed

    @property
    def data(self) -> dict[Any, Any]:
        """The file in plain values, to be read only."""
        return self.parsed.data

    def position(self, location: Location, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of a value, or of its key; of the nearest parent where it is missing."""
        node, line, column = self.parsed.marked, 0, 0
        for step in location:
            marks = getattr(node, "lc", None)
            if isinstance(node, dict) and step in node:
                mark = marks.data[step] if marks and marks.data else None
                if mark:
                    line, column = (mark[0], mark[1]) if key else (mark[2], mark[3])
                node = node[step]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                if marks and marks.data and step in marks.data:
                    line, column = marks.data[step][0], marks.data[step][1]
                node = node[step]
            # anything else is a discriminator's tag or a missing key: stay with the parent
        return line + 1, column + 1

    def fault(self, location: Location, wrong: str, mend: str, *, key: bool = False) -> None:
        line, column = self.position(location, key=key)
        self.report.add(self.path, line, column, wrong, mend)

    def validated(self, model: type[M]) -> M | None:
        """The data as a model, or None after reporting every fault."""
        found = self.parsed.models.get(model)
        if found is None:
            found = self.parsed.models[model] = _validated(model, self.data)
        if isinstance(found, model):
            return found
        for detail in found:
            wrong, mend = _words(detail, model)
            self.fault(detail["loc"], wrong, mend, key=detail["type"] == "extra_forbidden")
        return None


def _validated(model: type[M], data: Any) -> M | list[ErrorDetails]:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return error.errors(include_url=False)


class Inside:
    """A part of a document; places are counted from there."""

    def __init__(self, document: YamlDocument, within: Location) -> None:
        self.document, self.within = document, within

    def fault(self, location: Location, wrong: str, mend: str, *, key: bool = False) -> None:
        self.document.fault((*self.within, *location), wrong, mend, key=key)


def read_yaml(path: FilePath, report: Report) -> YamlDocument | None:
    """Parse one file; a syntax fault is reported with the parser's own position."""
    found = parse_yaml(path.read_bytes())
    if isinstance(found, Finding):
        report.add(path, *found)
        return None
    return YamlDocument(path, report, found)


def _dotted(location: Location) -> str:
    return ".".join(str(step) for step in location)


def _known_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Field names of the model a location ends in, as far as they can be followed."""
    names: list[str] = []
    for candidate in _submodels(model):
        fields = candidate.model_fields
        names += [field.alias or name for name, field in fields.items()]
    return names if location else []


def _submodels(model: type[BaseModel], seen: set[type[BaseModel]] | None = None) -> set[type[BaseModel]]:
    seen = set() if seen is None else seen
    if model in seen:
        return seen
    seen.add(model)
    for field in model.model_fields.values():
        stack: list[Any] = [field.annotation]
        while stack:
            item = stack.pop()
            if isinstance(item, type) and issubclass(item, BaseModel):
                _submodels(item, seen)
            stack.extend(getattr(item, "__args__", ()))
    return seen


_MENDS = {
    "date_from_datetime_parsing": "write a day such as 2026-11-01",
    "date_parsing": "write a day such as 2026-11-01",
    "date_type": "write a day such as 2026-11-01",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "decimal_parsing": "write a number such as 2 or 1.5",
    "decimal_type": "write a number such as 2 or 1.5",
    "string_too_short": "write the text",
    "string_type": "write text (in quotes if it looks like a number or a date)",
    "list_type": "write a list: `[a, b]` or lines beginning with `- `",
    "model_type": "write keys and values, such as {zh: …, en: …}",
    "model_attributes_type": "write keys and values, such as {zh: …, en: …}",
    "dict_type": "write keys and values",
    "too_short": "add the missing entries",
    "too_long": "write fewer entries",
    "network": "write a network such as 10.20.0.0/16 or 2001:db8::/32",
    "timezone_aware": "write a moment with its zone, such as 2026-12-01T09:00:00+08:00",
    "datetime_from_date_parsing": "write a moment with its zone, such as 2026-12-01T09:00:00+08:00",
    "datetime_parsing": "write a moment with its zone, such as 2026-12-01T09:00:00+08:00",
    "datetime_type": "write a moment with its zone, such as 2026-12-01T09:00:00+08:00",
    "union_tag_not_found": "add `type: single`, or another type of docs/content-format.md",
    "union_tag_invalid": "write one of these types",
}


def _pattern_mend(pattern: str) -> str:
    if "a-z0-9]+(-" in pattern:
        return "write lower-case letters, digits and single hyphens, such as m1-elements"
    if r"\{\}" in pattern:
        return "write a pattern with one {}, such as “第{}条”"
    if "INT" in pattern:
        return "write two capitals such as US, or INT for treaties"
    if "https" in pattern:
        return "write a full address beginning with https://"
    if "[a-z0-9-]+( " in pattern:
        return "write `instrument-id pin`, such as `us-19-usc-1337 (a)(2)`"
    return f"write something that matches {pattern}"


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """An error of pydantic in an author's words: what is wrong, what to write instead."""
    kind, location, context = detail["type"], detail["loc"], detail.get("ctx", {})
    name = _dotted(location)
    last = str(location[-1]) if location else ""
    if kind == "missing":
        parent = _dotted(location[:-1])
        return f"`{last}` is missing{f' in {parent}' if parent else ''}", f"add `{last}: …`"
    if kind == "extra_forbidden":
        hint = nearest(last, _known_keys(model, location))
        return f"`{last}` is not a known key{hint}", "remove it, or write the key as docs/content-format.md does"
    if kind in {"literal_error", "enum"}:
        return f"`{name}` is {detail['input']!r}", f"write {context.get('expected', '')}"
    if kind == "string_pattern_mismatch":
        return f"`{name}` is {detail['input']!r}", _pattern_mend(str(context.get("pattern", "")))
    message = detail["msg"][0].lower() + detail["msg"][1:]
    return f"`{name}`: {message}", _MENDS.get(kind, "write a value that fits docs/content-format.md")
