"""What a regrade is asked for: how the question counts, over which sittings, and why."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.core import clock
from app.core.forms import Form, choice
from app.quizzes.grading import Amendable
from app.quizzes.grading.amending import Shape
from app.quizzes.regrading.rules import Scope
from app.quizzes.regrading.services import MAX_REASON
from app.quizzes.results import Treatment

ONE_QUIZ, EVERY_QUIZ = "one", "every"


class RegradeForm(Form):
    """The part that is the same for every type of question."""

    treatment = RadioField(
        _l("How shall the question count?"),
        choices=[
            choice(Treatment.GRADED, _l("Correct how it is graded")),
            choice(Treatment.DROPPED, _l("Drop it: its marks no longer count, neither as earned nor as possible")),
            choice(Treatment.FULL_MARKS, _l("Give everybody full marks for it")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    corrects_bank = BooleanField(
        _l("Correct the question for later papers too"),
        description=_l("Makes a new revision of the question in the bank and of every examination that asks it."),
    )
    quizzes = RadioField(
        _l("In which examinations?"),
        choices=[
            choice(ONE_QUIZ, _l("In this examination")),
            choice(EVERY_QUIZ, _l("In every examination whose papers hold this revision of the question")),
        ],
        default=ONE_QUIZ,
    )
    group = SelectField(_l("Whose papers?"), default="")
    since = DateField(_l("Handed in from"), validators=[Optional()])
    until = DateField(_l("Handed in until"), validators=[Optional()])

    def validate_until(self, until: DateField) -> None:
        if until.data and self.since.data and until.data < self.since.data:
            raise ValidationError(_("The last day lies before the first."))

    def scope(self, quiz_id: Any, groups: dict[str, tuple[str, Any]]) -> Scope:
        """What was chosen; ``groups``: value of the field → kind and identifier."""
        kind, group_id = groups.get(self.group.data, (None, None))
        return Scope(
            quiz_id=quiz_id if self.quizzes.data == ONE_QUIZ else None,
            group_kind=kind,
            group_id=group_id,
            since=_midnight(self.since.data),
            until=_midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
        )


def _midnight(day: date | None) -> datetime | None:
    """When a day begins in Beijing."""
    return datetime.combine(day, time(), clock.ZONE) if day else None


class ApproveForm(Form):
    """The decision to apply."""

    notice = TextAreaField(
        _l("Words for the candidates"),
        description=_l("Each candidate whose paper held the question reads this on her result page."),
        validators=[InputRequired(_l("Fill this in.")), Length(max=MAX_REASON)],
    )
    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("Stays with the grades; colleagues and certifiers read it."),
        validators=[InputRequired(_l("Fill this in.")), Length(max=MAX_REASON)],
    )
    tried_at = HiddenField()


class GiveUpForm(Form):
    """The decision to give up a regrade that stopped."""

    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("Stays with the grades; colleagues and certifiers read it."),
        validators=[InputRequired(_l("Fill this in.")), Length(max=MAX_REASON)],
    )


def name_of(amendable: Amendable) -> str:
    """The name of an amendable field's control."""
    return f"correct-{amendable.name.replace('/', '--')}"


@dataclass(slots=True)
class Filled:
    """What was given for the amendable fields, by name of the control."""

    values: dict[str, list[str]]
    errors: dict[str, str] = field(default_factory=dict)


def present(amendables: Sequence[Amendable]) -> Filled:
    """The fields as they are now."""
    return Filled({name_of(each): list(each.value) for each in amendables})


def read(amendables: Sequence[Amendable], posted: MultiDict[str, str]) -> Filled:
    """The fields as posted, with what is wrong with them."""
    filled = Filled({})
    for each in amendables:
        name = name_of(each)
        filled.values[name] = given = _given(each, posted.getlist(name))
        if error := _error(each, given):
            filled.errors[name] = error
    return filled


def _given(amendable: Amendable, raw: Sequence[str]) -> list[str]:
    if amendable.shape is Shape.LINES:
        return [line.strip() for text in raw for line in text.splitlines() if line.strip()]
    if amendable.shape is Shape.NUMBER:
        return [unicodedata.normalize("NFKC", text).strip() for text in raw]
    return [text.strip() for text in raw]


def _error(amendable: Amendable, given: Sequence[str]) -> str:
    """What is wrong with the values of a field; empty when nothing is."""
    known = {option.id for option in amendable.options}
    if known and not set(given) <= known:
        return str(_("This choice is no longer available. Choose another one."))
    if amendable.required and not any(given):
        return str(_("Fill this in."))
    if amendable.shape is Shape.NUMBER and not _is_number(given[0]):
        return str(_("Write a number in digits, for example 12.5."))
    return ""


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def changes(amendables: Sequence[Amendable], filled: Filled) -> dict[str, list[str]]:
    """The values by name of the field, as a correction keeps them."""
    return {each.name: filled.values[name_of(each)] for each in amendables}
