"""The forms of certificates."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from app.accounts.forms import is_passport_name, is_person_name
from app.certificates.fonts import missing_characters
from app.certificates.labels import REVOCATION_CLASSES, SUSPENSION_CLASSES
from app.core.forms import Form, choice

_needed = _l("Fill this in.")


def is_printable(_form: Any, field: Any) -> None:
    """A validator: the document fonts have every character."""
    missing = missing_characters([field.data or ""])
    if missing:
        raise ValidationError(
            _l("The document fonts lack: %(characters)s. Ask the operator to complete them.", characters=missing)
        )


class VerifyForm(Form):
    """The public page; the code may be left out."""

    number = StringField(_l("Certificate number"), validators=[InputRequired(_needed), Length(max=60)])
    code = StringField(_l("Verification code"), validators=[Length(max=60)])


class RevokeForm(Form):
    reason_class = RadioField(
        _l("Reason shown to the public"),
        choices=[choice(kind.value, label) for kind, label in REVOCATION_CLASSES.items()],
        validators=[InputRequired(_l("Choose a reason."))],
    )
    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("The holder and the certifiers see it; strangers do not."),
        validators=[InputRequired(_needed), Length(min=5, max=2000)],
    )


class SuspendForm(Form):
    reason_class = RadioField(
        _l("Reason shown to the public"),
        choices=[choice(kind.value, label) for kind, label in SUSPENSION_CLASSES.items()],
        validators=[InputRequired(_l("Choose a reason."))],
    )
    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("The holder and the certifiers see it; strangers do not."),
        validators=[InputRequired(_needed), Length(min=5, max=2000)],
    )


class ReinstateForm(Form):
    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("Say what was found, and why it is valid again."),
        validators=[InputRequired(_needed), Length(min=5, max=2000)],
    )


class ReissueForm(Form):
    name = StringField(_l("Name"), validators=[InputRequired(_needed), is_person_name, is_printable])
    latin_name = StringField(
        _l("Name in Latin letters, as in the passport"), validators=[is_passport_name, is_printable]
    )
    reason = TextAreaField(
        _l("Reason for the record"),
        description=_l("Say what was wrong and which document shows the right name."),
        validators=[InputRequired(_needed), Length(min=5, max=2000)],
    )
