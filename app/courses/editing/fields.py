"""Forms that are trees: what a form asks for, reading what was posted, and adding, moving and removing rows. Pure.

A posted name is the value's path: ``choices.0.text.zh``. What cannot be read as its kind stays as it was typed, so
that nothing is lost; the content check then says what is wrong with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Posted = Mapping[str, list[str]]


class Kind(StrEnum):
    LINE = "line"
    TEXT = "text"
    #: Bilingual: ``{zh, en}``.
    BOTH_LINE = "both_line"
    BOTH_TEXT = "both_text"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    #: Day and time, as the reader's clock shows them.
    MOMENT = "moment"
    #: One of ``options``.
    CHOICE = "choice"
    #: Some of ``options``.
    MANY = "many"
    #: Short entries, one a line.
    LINES = "lines"
    #: A mapping of ``of``.
    GROUP = "group"
    #: A list of mappings of ``of``.
    ROWS = "rows"
    #: A mapping of names to mappings of ``of``.
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Field:
    """One question that a form asks. Label and hint are texts for people (lazy)."""

    name: str
    kind: Kind
    label: Any
    hint: Any = ""
    options: tuple[tuple[Any, Any], ...] = ()
    of: tuple["Field", ...] = ()
    #: Further fields of a row, by its ``type``.
    by_type: Callable[[str], tuple["Field", ...]] | None = None
    #: What an absent value means; a value that says the same is left out of the file.
    default: Any = None
    #: Always written, even when empty: the check then says that it is missing.
    required: bool = False
    #: What one row is called, and how its id begins ("" for letters).
    one: Any = ""
    ids: str = ""
    #: Suggestions for typing, by the name of a list that the page holds.
    suggestions: str = ""
    #: Many options, shown when they are asked for.
    folded: bool = False

    def fields_of(self, row: Mapping[str, Any]) -> tuple["Field", ...]:
        """The fields of one row."""
        more = self.by_type(str(row.get("type", ""))) if self.by_type else ()
        return (*self.of, *more)


def one_of(name: str, label: Any, *options: tuple[Any, Any], default: Any = None, hint: Any = "") -> Field:
    """A choice among values and their words; required when nothing is meant by its absence."""
    return Field(name, Kind.CHOICE, label, hint, options=options, default=default, required=default is None)


def rows(
    name: str,
    label: Any,
    one: Any,
    *of: Field,
    hint: Any = "",
    ids: str = "",
    required: bool = True,
    by_type: Callable[[str], tuple[Field, ...]] | None = None,
) -> Field:
    """A list of mappings; ``one`` is what a row is called."""
    return Field(name, Kind.ROWS, label, hint, of=of, one=one, ids=ids, required=required, by_type=by_type)


# --- reading -----------------------------------------------------------------------------------------------


def read(fields: Iterable[Field], posted: Posted, prefix: str = "") -> dict[str, Any]:
    """The values of a posted form; what is empty or says the default is left out unless it is required."""
    values: dict[str, Any] = {}
    for field in fields:
        value = _read(field, posted, prefix + field.name)
        if value == field.default and not field.required:
            continue
        if field.required or value not in ("", None, [], {}):
            values[field.name] = value
    return values


def _read(field: Field, posted: Posted, name: str) -> Any:
    if field.kind in (Kind.GROUP, Kind.ROWS, Kind.NAMED):
        return _read_parts(field, posted, name)
    if field.kind in (Kind.BOTH_LINE, Kind.BOTH_TEXT):
        both = {language: _text(posted, f"{name}.{language}") for language in ("zh", "en")}
        if field.kind is Kind.BOTH_LINE:
            both = {language: " ".join(text.split("\n")) for language, text in both.items()}
        return {language: text for language, text in both.items() if text} if any(both.values()) else {}
    if field.kind is Kind.MANY:
        return [value for value, _label in field.options if str(value) in posted.get(name, [])]
    if field.kind is Kind.FLAG:
        return bool(posted.get(name))
    text = _text(posted, name)
    if field.kind is Kind.LINES:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return _number(text) if field.kind is Kind.NUMBER else _chosen(field, text)


def _read_parts(field: Field, posted: Posted, name: str) -> Any:
    if field.kind is Kind.GROUP:
        return read(field.of, posted, f"{name}.")
    rows = [_read_row(field, posted, f"{name}.{number}.") for number in _numbers(posted, name)]
    return {str(row.pop("id", "")): row for row in rows} if field.kind is Kind.NAMED else rows


def _read_row(field: Field, posted: Posted, prefix: str) -> dict[str, Any]:
    kind = _text(posted, f"{prefix}type")
    return read(field.fields_of({"type": kind}), posted, prefix)


def _numbers(posted: Posted, name: str) -> list[int]:
    """The numbers of the rows that were posted, in order."""
    starts = f"{name}."
    heads = {key[len(starts) :].partition(".")[0] for key in posted if key.startswith(starts)}
    return sorted(int(head) for head in heads if head.isdecimal())


def _text(posted: Posted, name: str) -> str:
    return "\n".join(line.rstrip() for line in (posted.get(name) or [""])[0].splitlines()).strip()


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _chosen(field: Field, text: str) -> Any:
    """The option's own value (true rather than “True”), or what was typed."""
    return next((value for value, _label in field.options if str(value) == text), text)


def as_said(fields: Iterable[Field], values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form, with defaults where the file says them although they go without saying."""
    said = dict(values)
    for field in fields:
        old, new = before.get(field.name), said.get(field.name)
        unsaid = field.name in before and field.name not in said and old == field.default
        if unsaid or (field.name in before and _says_the_same(field, old, new)):
            said[field.name] = old
        elif field.kind is Kind.ROWS and isinstance(old, list) and isinstance(new, list):
            known = {row.get("id"): row for row in old if isinstance(row, Mapping) and "id" in row}
            said[field.name] = [
                as_said(field.fields_of(row), row, known.get(row["id"], {}) if "id" in row else _at(old, place))
                for place, row in enumerate(new)
            ]
    return said


def _says_the_same(field: Field, old: Any, new: Any) -> bool:
    """Does the form hold what the file says, but for the order of choices, or blank space around a text?"""
    if field.kind is Kind.MANY and isinstance(new, list):
        return sorted(map(str, old if isinstance(old, list) else [old])) == sorted(map(str, new))
    if field.kind in (Kind.BOTH_LINE, Kind.BOTH_TEXT) and isinstance(old, Mapping) and isinstance(new, Mapping):
        return set(old) == set(new) and all(_text({"": [str(old[tag])]}, "") == new[tag] for tag in new)
    return False


def _at(rows: list[Any], place: int) -> Mapping[str, Any]:
    return _mapping(rows[place]) if place < len(rows) else {}


# --- changing rows -----------------------------------------------------------------------------------------


class NoSuchRow(LookupError):
    """The form's button speaks of a row that the form does not hold."""


def act(fields: Iterable[Field], values: dict[str, Any], action: str) -> None:
    """``add:choices``, ``remove:choices.1``, ``up:choices.1``, ``down:choices.1``; changes ``values``.

    Raises NoSuchRow.
    """
    verb, _, path = action.partition(":")
    field, rows, place = _find(tuple(fields), values, path.split("."), grow=verb == "add")
    if verb == "add":
        rows.append(blank(field, [str(row.get("id", "")) for row in rows]))
        return
    if place is None or not 0 <= place < len(rows):
        raise NoSuchRow(action)
    if verb == "remove":
        del rows[place]
    elif verb in ("up", "down"):
        other = place + (1 if verb == "down" else -1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
    else:
        raise NoSuchRow(action)


def _find(
    fields: tuple[Field, ...], values: dict[str, Any], path: list[str], *, grow: bool
) -> tuple[Field, list[Any], int | None]:
    name, rest = path[0], path[1:]
    field = next((one for one in fields if one.name == name), None)
    if field is None or field.kind not in (Kind.ROWS, Kind.NAMED, Kind.GROUP):
        raise NoSuchRow(name)
    if field.kind is Kind.GROUP:
        return _find(field.of, values.setdefault(name, {}), rest, grow=grow)
    rows = values.setdefault(name, [])
    if not rest:
        if not grow:
            raise NoSuchRow(name)
        return field, rows, None
    if not rest[0].isdecimal() or int(rest[0]) >= len(rows):
        raise NoSuchRow(name)
    place = int(rest[0])
    if len(rest) == 1:
        return field, rows, place
    return _find(field.fields_of(rows[place]), rows[place], rest[1:], grow=grow)


def blank(field: Field, taken: list[str] | None = None) -> dict[str, Any]:
    """A new row: an id of its own, and as many rows inside as its type cannot do without."""
    row: dict[str, Any] = {"id": new_id(field.ids, taken or [])}
    for inner in field.of:
        if inner.name == "type" and inner.options:
            row["type"] = inner.options[0][0]
    return row


def new_id(prefix: str, taken: list[str]) -> str:
    """The first free of a, b, c … or p1, p2, p3 …"""
    candidates = (f"{prefix}{number}" for number in range(1, 1000)) if prefix else _letters()
    return next(candidate for candidate in candidates if candidate not in taken)


def _letters() -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from letters
    yield from (first + second for first in letters for second in letters)


def as_rows(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the form shows them: named rows as a list with their names as ids, each in the shape of its kind.

    Files are also written by hand: what has another shape is shown as far as it can be.
    """
    shown = dict(values)
    for field in fields:
        if field.name in shown:
            shown[field.name] = _shaped(field, shown[field.name])
    return shown


def _shaped(field: Field, value: Any) -> Any:
    kind = field.kind
    if kind is Kind.NAMED and isinstance(value, Mapping):
        return [{"id": key, **_mapping(row)} for key, row in value.items()]
    if kind is Kind.GROUP:
        return as_rows(field.of, _mapping(value))
    if kind is Kind.ROWS:
        return [
            as_rows(field.fields_of(row), row) if isinstance(row, Mapping) else {"id": str(row)}
            for row in (value if isinstance(value, list) else [])
        ]
    if kind in (Kind.BOTH_LINE, Kind.BOTH_TEXT):
        both = value if isinstance(value, Mapping) else {"zh": value}
        return {tag: str(text) for tag, text in both.items() if text is not None}
    if kind in (Kind.MANY, Kind.LINES):
        found = value if isinstance(value, list) else [value]
        return [one for one in found if one is not None]
    return str(value) if kind is Kind.TEXT and value is not None else value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def as_values(fields: Iterable[Field], shown: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of ``as_rows``."""
    values = dict(shown)
    for field in fields:
        value = values.get(field.name)
        if field.kind is Kind.NAMED and isinstance(value, list):
            values[field.name] = {
                str(row.get("id", "")): {key: entry for key, entry in row.items() if key != "id"} for row in value
            }
        elif field.kind is Kind.ROWS and isinstance(value, list):
            values[field.name] = [as_values(field.fields_of(row), row) for row in value]
        elif field.kind is Kind.GROUP and isinstance(value, Mapping):
            values[field.name] = as_values(field.of, value)
    return values
