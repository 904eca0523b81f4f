"""The forms of certificates."""

from io import SEEK_END
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.forms import is_passport_name, is_person_name
from app.certificates.credentials.examining import LARGEST
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


def is_small_pdf(_form: Any, field: Any) -> None:
    """A validator: a file that could be one of ours."""
    stream = field.data.stream
    head = stream.read(5)
    stream.seek(0, SEEK_END)
    size = stream.tell()
    stream.seek(0)
    if size == 0:
        raise ValidationError(_l("This file is empty. Choose the PDF you were given."))
    if head != b"%PDF-":
        raise ValidationError(
            _l("This is not a PDF file. Choose the PDF you were given: a photo or a printout cannot be checked.")
        )
    if size > LARGEST:
        raise ValidationError(
            _l(
                "This file has more than %(size)s. Our documents are far smaller: it is not one as we issued it.",
                size="1 MiB",
            )
        )


class VerifyForm(Form):
    """The public page by number; the code may be left out."""

    number = StringField(_l("Certificate number"), validators=[InputRequired(_needed), Length(max=60)])
    code = StringField(_l("Verification code"), validators=[Length(max=60)])
    day = DateField(_l("Day in question"), validators=[Optional()])


class VerifyFileForm(Form):
    """The public page by the file itself."""

    document = FileField(
        _l("The PDF you were given"), validators=[FileRequired(_l("Choose a file first.")), is_small_pdf]
    )
    day_for_file = DateField(_l("Day in question"), validators=[Optional()])


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
