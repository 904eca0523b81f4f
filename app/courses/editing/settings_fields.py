"""What the settings of a course, a module and a lesson ask."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.courses.editing.fields import Field, Kind, one_of, rows

_TITLE: Final = Field("title", Kind.BOTH_LINE, _l("Title"), required=True)
_SUMMARY: Final = Field("summary", Kind.BOTH_TEXT, _l("Summary"), required=True)
_ABOUT: Final = (
    Field(
        "as_of",
        Kind.DAY,
        _l("Law stated as of"),
        _l("Up to when the authors have followed the law."),
        required=True,
    ),
    Field(
        "jurisdictions",
        Kind.LINES,
        _l("Jurisdictions"),
        _l("One a line: two capitals such as US, or INT for treaties."),
        required=True,
    ),
)

COURSE: Final = (
    Field("code", Kind.LINE, _l("Short code"), _l("Such as L2."), required=True),
    one_of("track", _l("Track"), ("L", _l("Lawyers")), ("U", _l("Joint institutes"))),
    _TITLE,
    _SUMMARY,
    *_ABOUT,
    Field(
        "hours",
        Kind.NUMBER,
        _l("Hours"),
        _l("Of 45 minutes; the hours of the modules add up to it."),
        required=True,
    ),
    Field("open", Kind.FLAG, _l("Anybody signed in may take it up"), default=False),
    Field("instructors_note", Kind.BOTH_TEXT, _l("Note for instructors")),
)

LESSON: Final = (
    _TITLE,
    Field("minutes", Kind.NUMBER, _l("Minutes"), required=True),
    one_of("kind", _l("Kind"), ("text", _l("Text")), ("case", _l("Case")), default="text"),
)


def module_fields(instruments: Sequence[tuple[str, Any]]) -> tuple[Field, ...]:
    """``instruments``: key and name of everything the library records."""
    options = tuple(instruments)
    return (
        _TITLE,
        _SUMMARY,
        *_ABOUT,
        Field("hours", Kind.NUMBER, _l("Hours"), required=True),
        rows(
            "objectives",
            _l("Objectives"),
            _l("Objective"),
            Field("id", Kind.LINE, _l("Id"), required=True),
            Field("zh", Kind.LINE, _l("Chinese"), required=True),
            Field("en", Kind.LINE, _l("English"), required=True),
            hint=_l("What somebody can do who has studied the module."),
            ids="o",
        ),
        Field("law", Kind.MANY, _l("Law it rests on"), options=options, required=True),
        rows(
            "readings",
            _l("Readings"),
            _l("Reading"),
            one_of("instrument", _l("Instrument"), *options),
            Field("pin", Kind.LINE, _l("Pinpoint"), _l("Such as (a)(1).")),
            Field("note", Kind.BOTH_LINE, _l("Why"), required=True),
            required=False,
        ),
    )
