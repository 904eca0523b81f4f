"""What the form of an examination asks: app/courses/content/exams.py as fields, group by group."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.courses.editing.exam_pools import Bank
from app.courses.editing.fields import Field, Kind, one_of, rows
from app.quizzes import rules


class Layout(StrEnum):
    """Where the pools stand."""

    POOLS = "pools"
    PARTS = "parts"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form under a heading of its own."""

    key: str
    title: Any
    fields: tuple[Field, ...]


_PHASES: Final = (
    (rules.Phase.IMMEDIATELY.value, _l("In the first 30 minutes after submission")),
    (rules.Phase.WHILE_OPEN.value, _l("Later, until it closes")),
    (rules.Phase.AFTER_CLOSE.value, _l("After it has closed")),
)
_SHOWN: Final = {
    "answers": _l("The answers given"),
    "marks": _l("Marks of each question"),
    "correct": _l("Right answers"),
    "feedback": _l("Explanations"),
    "percentage": _l("Overall percentage"),
}
#: The matrix: a row for each thing that may be shown, a box for each time.
REVIEW: Final = Field(
    "review",
    Kind.GROUP,
    _l("What candidates see of a submitted paper, and when"),
    _l(
        "Tick the times at which each is shown. A percentage that is hidden at any time stands on no "
        "certificate. Staff see everything at any time."
    ),
    of=tuple(Field(name, Kind.MANY, _SHOWN[name], options=_PHASES, required=True) for name in rules.REVIEWED),
    required=True,
)
ID: Final = Field(
    "id",
    Kind.LINE,
    _l("Id"),
    _l("Part of its addresses and records; unique among all examinations, and never changed later."),
    required=True,
)
_TITLE: Final = Field("title", Kind.BOTH_LINE, _l("Title"), required=True)

_TIME: Final = (
    Field("minutes", Kind.NUMBER, _l("Time limit in minutes"), required=True),
    Field(
        "grace_seconds",
        Kind.NUMBER,
        _l("Grace in seconds"),
        _l("How long after the time is over an answer that is on its way still counts: 0 to 300."),
        default=5,
    ),
    Field("opens_at", Kind.MOMENT, _l("Opens"), _l("Nobody starts before. Empty: at any time.")),
    Field(
        "closes_at",
        Kind.MOMENT,
        _l("Closes"),
        _l("Nobody starts later, and nobody’s time runs beyond it. Empty: never."),
    ),
    Field(
        "pause_minutes",
        Kind.NUMBER,
        _l("Pauses of everybody’s own, in minutes"),
        _l("How long each candidate may pause by herself, in all: 0 to 240."),
        default=0,
    ),
)
_PASSING: Final = (
    Field("pass_mark", Kind.NUMBER, _l("Pass mark in per cent"), required=True),
    Field("attempts", Kind.NUMBER, _l("Attempts"), _l("1 to 20."), required=True),
    Field(
        "cooling_off_hours",
        Kind.NUMBER,
        _l("Waiting time between attempts, in hours"),
        _l("0: none."),
        default=0,
    ),
    one_of(
        "score_kept",
        _l("Which attempt counts"),
        ("highest", _l("The best")),
        ("latest", _l("The last")),
        ("first", _l("The first")),
        ("average", _l("The average of all")),
        default="highest",
    ),
)
_MARKING: Final = (
    Field(
        "double_marking",
        Kind.GROUP,
        _l("Double marking"),
        of=(
            Field(
                "difference",
                Kind.NUMBER,
                _l("A third marker decides above this difference, in per cent"),
                _l("Two people mark each answer that people mark. Empty: one person marks."),
            ),
        ),
    ),
    one_of(
        "release",
        _l("Results that people mark"),
        ("automatic", _l("Come out as soon as a paper is marked")),
        ("together", _l("Come out together, when somebody releases them")),
        default="automatic",
    ),
)
NETWORKS: Final = Field(
    "networks",
    Kind.LINES,
    _l("Networks"),
    _l(
        "From where the paper may be started and opened: one address or range a line, such as 10.20.0.0/16 or "
        "2001:db8::/32. Empty: from anywhere."
    ),
)
_ADMISSION: Final = (
    NETWORKS,
    Field(
        "honour",
        Kind.BOTH_TEXT,
        _l("Honour statement"),
        _l("Candidates accept it before they start. Empty: none."),
    ),
    Field(
        "identity_check",
        Kind.FLAG,
        _l("An invigilator compares document and person and releases each candidate"),
        _l("The paper opens only then. No machine recognises faces."),
        default=False,
    ),
)
_ORDER: Final = (
    Field("shuffle", Kind.FLAG, _l("Mix the order of questions and of their choices"), default=True),
    one_of(
        "navigation",
        _l("Navigation"),
        ("free", _l("Free: back and forth until submission")),
        ("forward", _l("Forward only, question by question")),
        ("forward_sections", _l("Forward only, part by part")),
        default="free",
    ),
)


def _pools(bank: Bank) -> Field:
    difficulties = ((1, _l("1 · recall")), (2, _l("2 · apply")), (3, _l("3 · analyse")))
    return rows(
        "pools",
        _l("Pools"),
        _l("Pool"),
        Field("pick", Kind.NUMBER, _l("Draw"), required=True),
        one_of("module", _l("Out of"), ("", _l("All modules")), *bank.module_options, default=""),
        Field("difficulty", Kind.MANY, _l("Of this difficulty only"), options=difficulties),
        Field("tags", Kind.MANY, _l("With one of these tags only"), options=bank.tag_options, folded=True),
        Field("questions", Kind.MANY, _l("These questions only"), options=bank.question_options, folded=True),
        hint=_l(
            "Each paper draws so many questions of each pool at random, first those that the candidate has not "
            "seen. Every condition narrows the pool; a question that fits several pools stands in the first."
        ),
    )


def question_fields(bank: Bank, layout: Layout) -> tuple[Field, ...]:
    """Pools, or parts with pools of their own. A file that has both shows both, so that one can be removed."""
    pools = _pools(bank)
    parts = rows(
        "sections",
        _l("Parts of the paper"),
        _l("Part of the paper"),
        _TITLE,
        Field("introduction", Kind.BOTH_TEXT, _l("Introduction")),
        pools,
    )
    return {Layout.POOLS: (pools,), Layout.PARTS: (parts,), Layout.BOTH: (pools, parts)}[layout]


def form_parts(bank: Bank, layout: Layout, *, new: bool) -> tuple[Part, ...]:
    """The whole form. ``new``: the id is asked, too."""
    return (
        Part("about", _l("What it is called"), (*((ID,) if new else ()), _TITLE)),
        Part("questions", _l("Questions"), (*question_fields(bank, layout), *_ORDER)),
        Part("time", _l("Time"), _TIME),
        Part("passing", _l("Passing and attempts"), _PASSING),
        Part("review", _l("After submission"), (REVIEW, *_MARKING)),
        Part("admission", _l("Before the start"), _ADMISSION),
    )


def fields_in(parts: Iterable[Part]) -> tuple[Field, ...]:
    return tuple(field for part in parts for field in part.fields)


#: The keys of the file that the form is about, in the order in which they are written.
KEYS: Final = (
    *("id", "title", "minutes", "pass_mark", "attempts", "cooling_off_hours", "feedback", "review"),
    *("opens_at", "closes_at", "grace_seconds", "pause_minutes", "shuffle", "score_kept", "navigation"),
    *("access_code", "networks", "honour", "identity_check", "double_marking", "release", "pools", "sections"),
)
