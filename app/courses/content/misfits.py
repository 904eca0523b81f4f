"""Values that do not fit the format: what pydantic finds, in words of ours by the type of its error.

Pydantic words its errors in English only. Who reads English has them as they are; for everybody else there is a
sentence a type, which the catalogues translate.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from app.core.messages import N_, Message
from app.courses.content.files import Location
from app.courses.content.hints import nearest

#: What is wrong with a value, from the name of its place and what pydantic says beside the type.
Wording = Callable[[str, Mapping[str, Any]], Message]


def words_of(detail: ErrorDetails, model: type[BaseModel]) -> tuple[Message, Message]:
    """What is wrong, and what to write instead."""
    kind, location, context = detail["type"], detail["loc"], detail.get("ctx", {})
    name, said = _dotted(location), detail["input"]
    last = str(location[-1]) if location else ""
    if kind == "missing":
        parent = _dotted(location[:-1])
        missing = (
            N_("`%(key)s` is missing in %(parent)s", key=last, parent=parent)
            if parent
            else N_("`%(key)s` is missing", key=last)
        )
        return missing, N_("add `%(key)s: …`", key=last)
    if kind == "extra_forbidden":
        meant = nearest(last, _known_keys(model, location))
        unknown = N_("`%(key)s` is not a known key%(meant)s", key=last, meant=meant)
        return unknown, N_("remove it, or write the key as docs/content-format.md does")
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", ""))
        known = N_("write %(known)s", known=expected.replace(" or ", ", ")).worded(f"write {expected}")
        return _other(name, said), known
    if kind == "string_pattern_mismatch":
        return _other(name, said), _pattern_mend(str(context.get("pattern", "")))
    english = f"`{name}`: {detail['msg'][0].lower()}{detail['msg'][1:]}"
    return WORDINGS.get(kind, _unfit)(name, context).worded(english), _mend(kind, context)


def _dotted(location: Location) -> str:
    return ".".join(str(step) for step in location)


def _known_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Names of the fields of a model and of all below it."""
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


# --- what is wrong -----------------------------------------------------------------------------------------


def _other(name: str, said: object) -> Message:
    return N_("`%(name)s` is “%(said)s”", name=name, said=said).worded(f"`{name}` is {said!r}")


def _unfit(name: str, _context: Mapping[str, Any]) -> Message:
    """For a type that nobody has met yet."""
    return N_("`%(name)s` does not fit", name=name)


def _no_number(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` is no number", name=name)


def _too_many_digits(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` has too many digits", name=name)


def _no_flag(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` is neither true nor false", name=name)


def _no_text(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` is no text", name=name)


def _no_list(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` is no list", name=name)


def _no_mapping(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` has no keys and values", name=name)


def _no_day(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` is no date", name=name)


def _no_moment(name: str, _context: Mapping[str, Any]) -> Message:
    return N_("`%(name)s` is no moment with its zone", name=name)


WORDINGS: Final[Mapping[str, Wording]] = {
    **dict.fromkeys(
        (
            *("int_type", "int_parsing", "int_parsing_size", "int_from_float", "float_type", "float_parsing"),
            *("finite_number", "decimal_type", "decimal_parsing"),
        ),
        _no_number,
    ),
    **dict.fromkeys(("decimal_max_digits", "decimal_max_places", "decimal_whole_digits"), _too_many_digits),
    **dict.fromkeys(("bool_type", "bool_parsing"), _no_flag),
    **dict.fromkeys(("string_type", "string_unicode"), _no_text),
    **dict.fromkeys(("list_type", "tuple_type"), _no_list),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), _no_mapping),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _no_day
    ),
    **dict.fromkeys(
        (
            *("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"),
            "timezone_aware",
        ),
        _no_moment,
    ),
    "greater_than": lambda name, said: N_("`%(name)s` is not above %(limit)s", name=name, limit=said["gt"]),
    "greater_than_equal": lambda name, said: N_("`%(name)s` is below %(limit)s", name=name, limit=said["ge"]),
    "less_than": lambda name, said: N_("`%(name)s` is not below %(limit)s", name=name, limit=said["lt"]),
    "less_than_equal": lambda name, said: N_("`%(name)s` is above %(limit)s", name=name, limit=said["le"]),
    "too_short": lambda name, said: N_(
        "`%(name)s` has fewer than %(limit)s entries", name=name, limit=said["min_length"]
    ),
    "too_long": lambda name, said: N_(
        "`%(name)s` has more than %(limit)s entries", name=name, limit=said["max_length"]
    ),
    "string_too_short": lambda name, said: N_(
        "`%(name)s` has fewer characters than %(limit)s", name=name, limit=said["min_length"]
    ),
    "string_too_long": lambda name, said: N_(
        "`%(name)s` has more characters than %(limit)s", name=name, limit=said["max_length"]
    ),
    "invalid_key": lambda name, _: N_("`%(name)s` cannot be a key", name=name),
    "union_tag_not_found": lambda name, _: N_("`%(name)s` has no type", name=name),
    "union_tag_invalid": lambda name, said: N_(
        "`%(name)s` has the type “%(tag)s”, which does not exist", name=name, tag=said["tag"]
    ),
    "network": lambda name, said: N_("`%(name)s`: %(said)s is no network", name=name, said=said["said"]),
    "access_code": lambda name, _: N_("`%(name)s` is too long", name=name),
}


# --- what to write instead ---------------------------------------------------------------------------------

_DAY: Final = N_("write a day such as 2026-11-01")
_MOMENT: Final = N_("write a moment with its zone, such as 2026-12-01T09:00:00+08:00")
_FLAG: Final = N_("write true or false")
_WHOLE: Final = N_("write a whole number")
_NUMBER: Final = N_("write a number such as 2 or 1.5")
_BOTH: Final = N_("write keys and values, such as {zh: …, en: …}")
_MENDS: Final[Mapping[str, Message]] = {
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "string_too_short": N_("write the text"),
    "string_type": N_("write text (in quotes if it looks like a number or a date)"),
    "list_type": N_("write a list: `[a, b]` or lines beginning with `- `"),
    "model_type": _BOTH,
    "model_attributes_type": _BOTH,
    "dict_type": N_("write keys and values"),
    "too_short": N_("add the missing entries"),
    "too_long": N_("write fewer entries"),
    "network": N_("write a network such as 10.20.0.0/16 or 2001:db8::/32"),
    "access_code": N_("write at most 40 characters, or what flask quizzes seal-code prints"),
    "timezone_aware": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_type": _MOMENT,
    "union_tag_not_found": N_("add `type: single`, or another type of docs/content-format.md"),
}


def _mend(kind: str, context: Mapping[str, Any]) -> Message:
    if kind == "union_tag_invalid":  # the types stand in what pydantic says
        return N_("write one of %(known)s", known=context["expected_tags"]).worded("write one of these types")
    return _MENDS.get(kind, N_("write a value that fits docs/content-format.md"))


def _pattern_mend(pattern: str) -> Message:
    if "a-z0-9]+(-" in pattern:
        return N_("write lower-case letters, digits and single hyphens, such as m1-elements")
    if r"\{\}" in pattern:
        return N_("write a pattern with one {}, such as “第{}条”")
    if "INT" in pattern:
        return N_("write two capitals such as US, or INT for treaties")
    if "https" in pattern:
        return N_("write a full address beginning with https://")
    if "[a-z0-9-]+( " in pattern:
        return N_("write `instrument-id pin`, such as `us-19-usc-1337 (a)(2)`")
    return N_("write something that matches %(pattern)s", pattern=pattern)
