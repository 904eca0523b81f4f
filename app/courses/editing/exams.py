"""The examination of a course in work: as its form holds it, as its file writes it, and what is wrong with it.

Form and file differ in a few things: moments stand in the reader's zone, the review policy is a matrix however it
is spelt, and the access code is typed but never shown. Pure.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.core.identifiers import content_id
from app.core.messages import Message
from app.courses.content import misfits
from app.courses.content.exam_checks import check_rules
from app.courses.content.exams import CourseExam, ReviewRules
from app.courses.content.files import Location
from app.courses.editing.exam_fields import KEYS, Layout
from app.courses.editing.exam_pools import Bank, Draw, pools_in
from app.courses.editing.fields import Field, as_said
from app.quizzes import queries as quizzes
from app.quizzes import rules

MOMENTS: Final = ("opens_at", "closes_at")
MIN_CODE: Final = 4
Values = Mapping[str, Any]


def layout_of(exam: Values) -> Layout:
    if "sections" not in exam:
        return Layout.POOLS
    return Layout.BOTH if "pools" in exam else Layout.PARTS


def others_in(exam: Values) -> list[str]:
    """Keys that the form does not offer; they stay as they are."""
    return [str(key) for key in exam if key not in KEYS]


# --- from file to form -------------------------------------------------------------------------------------


def shown(exam: Values, zone: ZoneInfo) -> dict[str, Any]:
    """The values of the file as the form shows them."""
    values = deepcopy(dict(exam))
    for name in MOMENTS:
        if name in values:
            values[name] = _local(values[name], zone)
    for _name, pool in pools_in(values):
        if "difficulty" in pool and not isinstance(pool["difficulty"], list):
            pool["difficulty"] = [pool["difficulty"]]  # type: ignore[index]
    values["review"] = rules_shown(exam).as_json()
    values.pop("access_code", None)
    values.pop("feedback", None)
    return values


def _moment(value: Any) -> datetime | None:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _local(value: Any, zone: ZoneInfo) -> str:
    moment = _moment(value)
    if moment is None:
        return str(value)
    local = moment.astimezone(zone)
    return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")


def rules_shown(exam: Values) -> rules.Review:
    """The matrix, in either spelling; what cannot be read counts as always."""
    review = exam.get("review")
    if isinstance(review, Mapping):
        return rules.Review(**{name: _phases(name, review.get(name)) for name in rules.REVIEWED})
    try:
        return rules.Review.of(rules.Feedback(str(exam.get("feedback", rules.Feedback.AFTER_SUBMISSION))))
    except ValueError:
        return rules.Review()


def _phases(name: str, value: Any) -> rules.Phases:
    try:
        return ReviewRules.model_validate({name: value}).matrix().phases(name)
    except ValidationError:
        return rules.ALWAYS


# --- from form to file -------------------------------------------------------------------------------------


def written(fields: Sequence[Field], form: Values, before: Values, zone: ZoneInfo) -> dict[str, Any]:
    """What the form says as the file writes it; what says the same as before stays in its old spelling."""
    values = as_said(fields, form, before)
    for name in MOMENTS:
        if name in values:
            values[name] = _written_moment(values[name], before.get(name), zone)
    values.pop("review", None)
    values |= _written_review(form.get("review", {}), before)
    if "id" not in values and "id" in before:
        values["id"] = before["id"]
    return {key: values[key] for key in KEYS if key in values}


def _written_moment(text: str, before: Any, zone: ZoneInfo) -> Any:
    if before is not None and text == _local(before, zone):
        return before
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _written_review(form: Values, before: Values) -> dict[str, Any]:
    wanted = rules.Review(**{name: frozenset(map(rules.Phase, form.get(name, ()))) for name in rules.REVIEWED})
    said = {name: before[name] for name in ("feedback", "review") if name in before}
    if rules_shown(before) == wanted and len(said) < 2:
        return said
    if wanted.short is not None:
        unsaid = wanted.short is rules.Feedback.AFTER_SUBMISSION and "feedback" not in before
        return {} if unsaid else {"feedback": wanted.short.value}
    return {"review": {name: spelt for name in rules.REVIEWED if (spelt := _spelt(name, wanted, before))}}


def _spelt(name: str, wanted: rules.Review, before: Values) -> Any:
    """The shortest spelling of a row, or the one that it had; nothing for what is always shown."""
    old = before.get("review")
    said = old.get(name) if isinstance(old, Mapping) else None
    phases = wanted.phases(name)
    if said is not None and _phases(name, said) == phases:
        return said
    names = [phase.value for phase in rules.Phase if phase in phases]
    if len(names) == len(rules.Phase):
        return None
    return (names[0] if len(names) == 1 else names) if names else "never"


@dataclass(frozen=True, slots=True)
class Code:
    """What the form says of the access code. It is never shown: once typed, only its seal goes on."""

    #: As the file has it, or as it was sealed; empty: none.
    kept: str = ""
    #: Typed in this form, not yet saved.
    is_new: bool = False
    #: Why what was typed is no code.
    error: str = ""

    @property
    def is_plain(self) -> bool:
        """Does the file tell the code to whoever reads it?"""
        return bool(self.kept) and not rules.is_sealed(self.kept)


def code_after(before: Code, *, choice: str, typed: str, sealed: str, examination: str, refusal: str) -> Code:
    """``choice``: keep, seal, new or none; words that were typed are a new code whatever is chosen.

    ``sealed``: what was typed before a button of the same form was pressed. ``refusal``: the words for no code.
    """
    typed = typed.strip()
    if typed:
        if not rules.is_sealed(typed) and not MIN_CODE <= len(typed) <= rules.MAX_ACCESS_CODE:
            return Code(before.kept, error=refusal)
        return Code(rules.seal(typed, examination), is_new=True)
    if choice == "new":
        return Code(sealed, is_new=True) if rules.is_sealed(sealed) else Code(before.kept, error=refusal)
    if choice == "none":
        return Code()
    return Code(rules.seal(before.kept, examination)) if choice == "seal" else before


# --- what is wrong, and what candidates are told -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend. ``name`` is the field's in the form; ``kind`` one of pydantic's, or of ours."""

    name: str
    kind: str
    #: Bounds, numbers and words that belong to it.
    about: Mapping[str, Any]


#: What the check of the rules complains of, by the place.
_BETWEEN: Final[dict[Location, str]] = {
    ("exam",): "no_pools",
    ("exam", "navigation"): "needs_parts",
    ("exam", "closes_at"): "closes_first",
    ("exam", "review"): "never_closes",
}


class _Collector:
    """Takes what the content check finds, with the places."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def fault(self, location: Location, wrong: Message, mend: Message, *, key: bool = False) -> None:
        place = ("exam", "review") if location == ("exam", "feedback") else location
        self.found.append(Problem(_name(place[1:]), _BETWEEN.get(place, "other"), {"wrong": wrong, "mend": mend}))


def problems_of(values: Values, draws: Mapping[str, Draw]) -> tuple[CourseExam | None, list[Problem]]:
    """The examination as far as it is one, with everything to mend."""
    small = [
        Problem(f"{name}.pick", "too_small", {"left": draw.left})
        for name, draw in draws.items()
        if draw.is_too_small
    ]
    try:
        exam = CourseExam.model_validate(values)
    except ValidationError as error:
        found = [_problem(detail) for detail in error.errors(include_url=False)]
        return None, list({(one.name, one.kind): one for one in found + small}.values())
    collector = _Collector()
    check_rules(collector, exam)
    return exam, collector.found + small


def _problem(detail: ErrorDetails) -> Problem:
    blank = detail["input"] == "" or detail["type"] in ("missing", "string_too_short", "too_short")
    wrong, mend = misfits.words_of(detail, CourseExam)
    return Problem(
        _name(detail["loc"]),
        "missing" if blank else detail["type"],
        {"input": detail["input"], "wrong": wrong, "mend": mend, **detail.get("ctx", {})},
    )


def _name(location: Location) -> str:
    """The field of the form at a place of the examination."""
    steps: list[str] = []
    for step in location:
        if isinstance(step, int) and steps[-1:] not in (["pools"], ["sections"]):
            break  # an entry of a list that is one field
        if isinstance(step, str) and not step.isidentifier():
            break  # the name of an alternative
        steps.append(str(step))
    return ".".join(steps) or "questions"


def told(exam: CourseExam, now: datetime) -> quizzes.QuizRules | None:
    """What stands before Start; None for rules that nobody can be examined under."""
    try:
        settings = exam.settings()
    except ValueError:
        return None
    picks = [(section, pool.pick) for section, _place, pool in exam.all_pools()]
    return quizzes.rules_untried(content_id(exam.id), exam.title.both(), settings, picks, now)


def beginning(course_key: str, course: Values, bank: Bank) -> dict[str, Any]:
    """A new examination: usual rules, and some questions of every module that has any."""
    title = course.get("title")
    names: Mapping[str, Any] = title if isinstance(title, Mapping) else {}
    counts = Counter(question.module for question in bank.questions)
    return {
        "id": f"{course_key[:54]}-final",
        "title": {
            "zh": f"{names.get('zh', '')}结业考试",
            "en": f"{names.get('en', '')}: final examination".removeprefix(": "),
        },
        "minutes": 45,
        "pass_mark": 60,
        "attempts": 3,
        "cooling_off_hours": 24,
        "pools": [{"pick": min(4, counts[key]), "module": key} for key, _title in bank.modules if counts[key]],
    }
