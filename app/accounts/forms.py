"""The forms of accounts."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, EqualTo, InputRequired, Length, Optional

from app.accounts import queries, rules
from app.accounts.labels import ROLES
from app.core.access import Role
from app.core.forms import Form, as_uuid, choice
from app.core.languages import LOCALES, tr, zone_name
from app.organisations.models import Organisation

_needed = _l("Fill this in.")
_address = Email(message=_l("Write the address in full, such as name@example.cn."))

PASSWORD_FAULTS: Final = {
    rules.PasswordFault.SHORT: _l("Use at least 10 characters; several words in a row are easy to remember."),
    rules.PasswordFault.LONG: _l("Use at most 200 characters."),
    rules.PasswordFault.COMMON: _l("This password is among the first that are guessed. Choose another one."),
    rules.PasswordFault.PERSONAL: _l("The password contains your name, address or number. Choose another one."),
}

ZONES: Final = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul",
    "Asia/Singapore", "Asia/Bangkok", "Asia/Jakarta", "Asia/Dubai", "Asia/Kolkata", "Asia/Riyadh",
    "Europe/Moscow", "Europe/Berlin", "Europe/Paris", "Europe/Luxembourg", "Europe/London",
    "Africa/Cairo", "Africa/Johannesburg", "America/New_York", "America/Chicago", "America/Los_Angeles",
    "America/Sao_Paulo", "America/Mexico_City", "Australia/Sydney", "UTC",
)  # fmt: skip


def is_person_name(_form: Any, field: Any) -> None:
    """A validator for names in any script."""
    field.data = rules.tidy_name(field.data or "")
    if not rules.is_name(field.data):
        raise ValidationError(_l("Write the name with letters only, at most 60 characters."))


def is_passport_name(_form: Any, field: Any) -> None:
    """A validator for names in Latin letters; puts what was typed into a passport's form first."""
    field.data = rules.tidy_latin_name(field.data or "")
    if field.data and not rules.is_latin_name(field.data):
        raise ValidationError(
            _l("Use the letters A to Z as in your passport, with single spaces, hyphens or apostrophes.")
        )


def is_good_password(form: Any, field: Any) -> None:
    """A validator; the form's ``personal`` words may not stand in the password."""
    fault = rules.password_fault(field.data or "", getattr(form, "personal", ()))
    if fault is not None:
        raise ValidationError(PASSWORD_FAULTS[fault])


def personal_words(*values: str | None) -> list[str]:
    """What a password may not contain: the parts of names, addresses and numbers."""
    return [part for value in values if value for part in value.replace("@", " ").split()]


class NewPassword(Form):
    """A password chosen and typed twice."""

    personal: Iterable[str] = ()

    password = PasswordField(
        _l("New password"),
        [InputRequired(_needed), is_good_password],
        description=_l("At least 10 characters. Several words in a row are stronger than signs."),
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )
    repeated = PasswordField(
        _l("The same password again"),
        [EqualTo("password", _l("The two passwords differ. Type both again."))],
        render_kw={"autocomplete": "new-password"},
    )


class EmailSignInForm(Form):
    """Sign in by e-mail address."""

    email = EmailField(_l("E-mail address"), [InputRequired(_needed)], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"), [InputRequired(_needed)], render_kw={"autocomplete": "current-password"}
    )
    keep = BooleanField(
        _l("Stay signed in on this device for 30 days"),
        description=_l("Leave this open on a computer that others use."),
    )

    def find(self) -> queries.Credentials | None:
        return queries.find_credentials(email=self.email.data)

    def typed(self) -> str:
        return f"email:{self.email.data}"


class NumberSignInForm(Form):
    """Sign in by organisation and student number."""

    organisation_id = SelectField(_l("Organisation"), [InputRequired(_needed)], coerce=as_uuid)
    student_number = StringField(
        _l("Student number"), [InputRequired(_needed)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"), [InputRequired(_needed)], render_kw={"autocomplete": "current-password"}
    )
    keep = BooleanField(
        _l("Stay signed in on this device for 30 days"),
        description=_l("Leave this open on a computer that others use."),
    )

    def find(self) -> queries.Credentials | None:
        return queries.find_credentials(
            organisation_id=self.organisation_id.data, student_number=self.student_number.data
        )

    def typed(self) -> str:
        return f"number:{self.organisation_id.data}:{self.student_number.data}"


class PasswordAgainForm(Form):
    """Sign in again as somebody who is known: whose form it is that waits."""

    person_id: uuid.UUID

    password = PasswordField(
        _l("Password"), [InputRequired(_needed)], render_kw={"autocomplete": "current-password"}
    )

    def find(self) -> queries.Credentials | None:
        return queries.find_credentials(person_id=self.person_id)

    def typed(self) -> str:
        return ""


class ConsentForm(Form):
    """Consent to the privacy notice."""

    consent = BooleanField(
        _l("I have read the privacy notice and agree that my data are used as it says"),
        [DataRequired(_l("Without this consent the account cannot be used."))],
    )


class InvitationForm(NewPassword, ConsentForm):
    """An account begins."""


class ForgottenForm(Form):
    """Ask for a reset link."""

    email = EmailField(
        _l("E-mail address"), [InputRequired(_needed), _address], render_kw={"autocomplete": "email"}
    )


class ChangePasswordForm(NewPassword):
    """A new password by somebody who knows the old one."""

    current = PasswordField(
        _l("Present password"), [InputRequired(_needed)], render_kw={"autocomplete": "current-password"}
    )


class JoinForm(InvitationForm):
    """A new account through a join code; cohorts show it on their join page."""

    name = StringField(_l("Name"), [InputRequired(_needed), is_person_name], render_kw={"autocomplete": "name"})
    latin_name = StringField(
        _l("Name in Latin letters"),
        [InputRequired(_needed), is_passport_name],
        description=_l("As in your passport, family name first, such as LIN JIANWEI."),
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
    )
    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_needed), _address],
        description=_l("You sign in with it, and we write to it."),
        render_kw={"autocomplete": "email"},
    )
    student_number = StringField(_l("Student number"), [Optional(), Length(max=40)])

    def validate(self, extra_validators: Any = None) -> bool:
        self.personal = personal_words(
            self.name.data, self.latin_name.data, self.email.data, self.student_number.data
        )
        return bool(super().validate(extra_validators))


class NamesForm(Form):
    """The two names as certificates show them."""

    name = StringField(_l("Name"), [InputRequired(_needed), is_person_name], render_kw={"autocomplete": "name"})
    latin_name = StringField(
        _l("Name in Latin letters"),
        [InputRequired(_needed), is_passport_name],
        description=_l("As in your passport, family name first, such as LIN JIANWEI."),
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
    )


class ProfileForm(Form):
    """Names, language and time zone."""

    name = StringField(_l("Name"), [InputRequired(_needed), is_person_name], render_kw={"autocomplete": "name"})
    latin_name = StringField(
        _l("Name in Latin letters"),
        [Optional(), is_passport_name],
        description=_l("As in your passport, family name first, such as LIN JIANWEI."),
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
    )
    locale = RadioField(_l("Language of pages and letters"), choices=[choice(*pair) for pair in LOCALES.items()])
    time_zone = SelectField(_l("Time zone"), choices=lambda: [choice(zone, zone_name(zone)) for zone in ZONES])

    def validate_time_zone(self, field: Any) -> None:
        if field.data not in available_timezones():
            raise ValidationError(_l("This choice is no longer available. Choose another one."))


def organisation_choices(organisations: Sequence[Organisation]) -> list[Any]:
    """The options of a select field, in the reader's language."""
    return [choice(organisation.id, tr(organisation.name)) for organisation in organisations]


class RoleForm(Form):
    """A role at an organisation."""

    role = SelectField(_l("Role"), [InputRequired(_needed)])
    organisation_id = SelectField(_l("At"), [InputRequired(_needed)], coerce=as_uuid)

    def offer(self, organisations: Sequence[Organisation], roles: Iterable[Role] = tuple(Role)) -> None:
        """Set the choices."""
        self.organisation_id.choices = organisation_choices(organisations)
        self.role.choices = [choice(role.value, ROLES[role]) for role in roles]


class InviteForm(RoleForm):
    """An account for somebody else."""

    name = StringField(_l("Name"), [InputRequired(_needed), is_person_name])
    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_needed), _address],
        description=_l("The link to begin is sent there; it works once, within 14 days."),
    )
    latin_name = StringField(
        _l("Name in Latin letters"),
        [Optional(), is_passport_name],
        description=_l("The person can fill this in herself."),
    )
    student_number = StringField(_l("Student number"), [Optional(), Length(max=40)])


class ReasonForm(Form):
    """A decision about somebody, with its reason."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give the reason; it is kept in the record.")), Length(max=500)],
        description=_l("It is kept in the record and shown to those who administer accounts."),
        render_kw={"rows": 3},
    )
