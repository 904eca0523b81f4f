"""What is granted, for which examination, and why; and why it is withdrawn."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, DecimalField, IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.core.forms import Form, as_uuid
from app.quizzes.accommodations.rules import (
    MAX_ATTEMPTS,
    MAX_FACTOR,
    MAX_MINUTES,
    MAX_PAUSES,
    MAX_REASON,
    faults,
)
from app.quizzes.rules import Allowance

MAX_PERCENT = int((MAX_FACTOR - 1) * 100)
_WHY = _l("Say why: the candidate reads it, and it stays on record.")


def _number(most: int, least: int = 0) -> list[Any]:
    """At least ``least`` and at most ``most``, or left empty."""
    text = _l("Give a number from %(least)s to %(most)s.", least=least, most=most)
    return [Optional(), NumberRange(least, most, text)]


class GrantForm(Form):
    """An allowance. Times of day are those of the reader's zone (``zone``)."""

    quiz_id = SelectField(_l("For which examination"), coerce=as_uuid)
    percent = DecimalField(
        _l("More time, in per cent"),
        _number(MAX_PERCENT),
        description=_l("25 makes of 60 minutes 75."),
    )
    extra_minutes = IntegerField(
        _l("More time, in minutes"), _number(MAX_MINUTES), description=_l("Added after the percentage, if both.")
    )
    pause_minutes = IntegerField(
        _l("Minutes of pause in all"),
        _number(MAX_MINUTES),
        description=_l("The candidate takes them by herself; the time stands still."),
    )
    pauses = IntegerField(
        _l("In how many pauses at most"),
        _number(MAX_PAUSES, 1),
        description=_l("Leave empty for any number."),
    )
    extra_attempts = IntegerField(
        _l("More attempts"), _number(MAX_ATTEMPTS), description=_l("Only for one examination.")
    )
    opens_at = DateTimeLocalField(_l("Opens for the candidate"), [Optional()])
    closes_at = DateTimeLocalField(_l("Closes for the candidate"), [Optional()])
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_WHY), Length(max=MAX_REASON)],
        description=_l(
            "What it rests on, such as the number of a decision. The candidate reads it. Do not write down a"
            " diagnosis."
        ),
    )

    def allowance(self, zone: str) -> Allowance:
        """What was filled in."""

        def moment(given: datetime | None) -> datetime | None:
            return given.replace(tzinfo=ZoneInfo(zone)) if given else None

        return Allowance(
            time_factor=1 + (self.percent.data or Decimal(0)) / 100,
            extra_minutes=self.extra_minutes.data or 0,
            extra_attempts=self.extra_attempts.data or 0,
            opens_at=moment(self.opens_at.data),
            closes_at=moment(self.closes_at.data),
            pause_minutes=self.pause_minutes.data or 0,
            pauses=self.pauses.data,
        )

    def complain(self, allowance: Allowance) -> bool:
        """Say at the fields what cannot be granted like this; False when everything can."""
        bounds = _("Give a number from %(least)s to %(most)s.", least=0, most=MAX_PERCENT)
        texts = {
            "nothing": (self.percent, _("Fill in at least one thing to grant.")),
            "time_factor": (self.percent, bounds),
            "pauses": (self.pauses, _("Say how many minutes of pause there are in all.")),
            "window": (self.closes_at, _("The end lies before the beginning.")),
            "quiz": (self.quiz_id, _("Choose one examination: attempts and another window are granted for one.")),
        }
        found = faults(allowance, one_examination=self.quiz_id.data is not None)
        for name in found:
            field, text = texts[name]  # the others are checked by the fields themselves
            field.errors = [*field.errors, text]
        return bool(found)


class WithdrawForm(Form):
    """A withdrawal needs nothing but its reason."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_WHY), Length(max=MAX_REASON)])
