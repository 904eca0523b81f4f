"""What the settings of a course, a module and a lesson ask."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.courses.editing.fields import Field, Kind

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
    Field(
        "track",
        Kind.CHOICE,
        _l("Track"),
        options=(("L", _l("Lawyers")), ("U", _l("Joint institutes"))),
        required=True,
    ),
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
    Field(
        "kind",
        Kind.CHOICE,
        _l("Kind"),
        default="text",
        options=(("text", _l("Text")), ("case", _l("Case"))),
    ),
)


def module_fields(instruments: Sequence[tuple[str, Any]]) -> tuple[Field, ...]:
    """``instruments``: key and name of everything the library records."""
    options = tuple(instruments)
    return (
        _TITLE,
        _SUMMARY,
        *_ABOUT,
        Field("hours", Kind.NUMBER, _l("Hours"), required=True),
        Field(
            "objectives",
            Kind.ROWS,
            _l("Objectives"),
            _l("What somebody can do who has studied the module."),
            one=_l("Objective"),
            ids="o",
            required=True,
            of=(
                Field("id", Kind.LINE, _l("Id"), required=True),
                Field("zh", Kind.LINE, _l("Chinese"), required=True),
                Field("en", Kind.LINE, _l("English"), required=True),
            ),
        ),
        Field("law", Kind.MANY, _l("Law it rests on"), options=options, required=True),
        Field(
            "readings",
            Kind.ROWS,
            _l("Readings"),
            one=_l("Reading"),
            of=(
                Field("instrument", Kind.CHOICE, _l("Instrument"), options=options, required=True),
                Field("pin", Kind.LINE, _l("Pinpoint"), _l("Such as (a)(1).")),
                Field("note", Kind.BOTH_LINE, _l("Why"), required=True),
            ),
        ),
    )
