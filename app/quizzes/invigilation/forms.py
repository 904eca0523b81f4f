"""The forms of decisions."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.core.forms import Form, choice
from app.quizzes.invigilation.rules import MAX_MINUTES, MAX_REASON, Means


class Scope(StrEnum):
    """Whom a decision about several concerns."""

    SELECTED = "selected"
    ALL = "all"


_WHY = _l("Say why: the candidate reads it, and it stays on record.")
_MINUTES = _l("Give between 1 and %(most)s minutes.", most=MAX_MINUTES)


class ReasonForm(Form):
    """A decision that needs nothing but its reason."""

    reason = TextAreaField(
        _l("Reason"), [DataRequired(_WHY), Length(max=MAX_REASON)], description=_l("The candidate reads it.")
    )


class TimeForm(ReasonForm):
    """A decision that gives time."""

    minutes = IntegerField(_l("Minutes"), [InputRequired(_MINUTES), NumberRange(1, MAX_MINUTES, _MINUTES)])


class MomentField(HiddenField):
    """When the page was made on which somebody decides."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = datetime.fromisoformat(valuelist[0]).astimezone(UTC)
            except (ValueError, OverflowError):
                raise ValueError(_l("This page is damaged. Reload it and choose again.")) from None


class ExtendForm(TimeForm):
    """More time: given once, however many invigilators send what they decided on pages of the same moment."""

    as_of = MomentField(_l("More time"))


class VoidForm(ReasonForm):
    """Declaring void cannot be undone: it takes a second thought."""

    sure = BooleanField(_l("I know that this cannot be undone."), [DataRequired(_l("Confirm this first."))])


class ReleaseForm(Form):
    """A person has compared document and name."""

    means = RadioField(
        _l("How you saw the document"),
        [InputRequired(_l("Say how you saw the document."))],
        choices=[choice(Means.IN_PERSON, _l("in person")), choice(Means.VIDEO, _l("by video"))],
    )
    note = StringField(
        _l("Note"),
        [Optional(), Length(max=MAX_REASON)],
        description=_l("The candidate reads it. No document numbers."),
    )


#: The form of each decision about one attempt; its fields bear the decision's name as a prefix.
BY_DECISION: Final[dict[str, type[Form]]] = {
    "release": ReleaseForm,
    "refuse": ReasonForm,
    "extend": ExtendForm,
    "pause": ReasonForm,
    "resume": ReasonForm,
    "void": VoidForm,
    "reopen": TimeForm,
    "count-late": ReasonForm,
}


class ManyForm(ReasonForm):
    """A decision about those selected, or about all who are under way."""

    scope = RadioField(
        _l("For whom"),
        [InputRequired(_l("Choose for whom."))],
        choices=[
            choice(Scope.SELECTED, _l("those selected")),
            choice(Scope.ALL, _l("all who are under way, whatever the filter shows")),
        ],
        default=Scope.SELECTED.value,
    )
    decision = RadioField(
        _l("What"),
        [InputRequired(_l("Choose what to do."))],
        choices=[
            choice("extend", _l("more time")),
            choice("pause", _l("pause")),
            choice("resume", _l("go on after a pause")),
        ],
    )
    as_of = MomentField(_l("More time"))
    minutes = IntegerField(
        _l("Minutes"),
        [Optional(), NumberRange(1, MAX_MINUTES, _MINUTES)],
        description=_l("Only for more time."),
    )
