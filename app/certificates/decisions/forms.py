"""The certifier's decision."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.certificates.decisions.rules import Outcome
from app.certificates.decisions.services import MAX_REASON
from app.certificates.labels import REVOCATION_CLASSES
from app.core.forms import Form, choice


class DecisionForm(Form):
    outcome = RadioField(_l("What shall happen?"), validators=[InputRequired(_l("Choose one."))])
    reason_class = RadioField(
        _l("Reason shown to the public"),
        choices=[choice(kind.value, label) for kind, label in REVOCATION_CLASSES.items()],
        validators=[Optional()],
    )
    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("The holder and the certifiers see it; strangers do not."),
        validators=[InputRequired(_l("Fill this in.")), Length(min=5, max=MAX_REASON)],
    )

    def validate_reason_class(self, field: Any) -> None:
        if self.outcome.data == Outcome.REVOKE and not field.data:
            raise ValidationError(_l("Choose a reason."))
