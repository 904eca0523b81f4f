"""Forms of cohorts."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Length

from app.cohorts.records import COLUMNS, DEFAULT_COLUMNS, RecordFormat
from app.core.forms import Form, as_uuid, choice
from app.core.languages import tr

REQUIRED = InputRequired(_l("Fill in this field."))


class DeclarationForm(Form):
    """The conduct declaration of a renewal."""

    accepted = BooleanField(
        _l("I make this declaration."), validators=[InputRequired(_l("Tick the box to make the declaration."))]
    )


class CohortForm(Form):
    """Open a training class."""

    programme = SelectField(_l("Programme"), validators=[REQUIRED])
    organisation = SelectField(_l("Organisation that runs it"), coerce=as_uuid, validators=[REQUIRED])
    name = StringField(_l("Name of the cohort"), validators=[REQUIRED, Length(max=120)])
    session_number = StringField(
        _l("Session number"),
        validators=[Length(max=20)],
        description=_l("As your organisation counts, for example 2026-2."),
    )
    starts_on = DateField(_l("First day"), validators=[REQUIRED])
    ends_on = DateField(_l("Last day"), validators=[REQUIRED])

    def offer(self, programmes: Iterable[Any], organisations: Iterable[Any]) -> None:
        """Fill the choices that the person may make."""
        self.programme.choices = [
            choice(item.key, tr(item.current_revision.body["title"]))
            for item in programmes
            if item.current_revision
        ]
        self.organisation.choices = [choice(item.id, tr(item.name)) for item in organisations]

    def validate_ends_on(self, field: DateField) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The last day lies before the first day."))


class ReasonForm(Form):
    """Why somebody is withdrawn."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[REQUIRED, Length(max=500)],
        description=_l("Kept in the record with your name and the date."),
    )


class TransferForm(ReasonForm):
    """Where somebody moves to, and why."""

    target = SelectField(_l("Move to"), coerce=as_uuid, validators=[REQUIRED])


class CheckboxesField(SelectMultipleField):
    """Several choices as boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ExportForm(Form):
    """Take a cohort's records out, for a stated purpose."""

    purpose = TextAreaField(
        _l("Purpose"),
        validators=[REQUIRED, Length(min=4, max=300, message=_l("Say in a few words what the records are for."))],
        description=_l("Kept in the export log with your name; the people concerned may ask for it."),
    )
    format = RadioField(
        _l("File"),
        choices=[
            choice(RecordFormat.XLSX.value, _l("Excel workbook (.xlsx): keeps leading zeros")),
            choice(RecordFormat.CSV.value, _l("CSV (UTF-8 with byte-order mark)")),
        ],
        default=RecordFormat.XLSX.value,
    )
    language = RadioField(
        _l("Column titles"),
        choices=[choice("zh_Hans", _l("Chinese")), choice("en", _l("English"))],
        default="zh_Hans",
    )
    columns = CheckboxesField(_l("Columns"), default=list(DEFAULT_COLUMNS))

    def offer_columns(self) -> None:
        self.columns.choices = [choice(column.key, tr(column.label)) for column in COLUMNS]

    def validate_columns(self, field: CheckboxesField) -> None:
        if not field.data:
            raise ValidationError(_l("Choose at least one column."))


class JoinForm(Form):
    """Enter the code that the registrar gave."""

    code = StringField(
        _l("Join code"),
        validators=[REQUIRED, Length(max=20)],
        description=_l("Eight letters and digits from your registrar; capitals and spaces do not matter."),
    )


class RosterForm(Form):
    """A roster file."""

    file = FileField(
        _l("Roster file"),
        validators=[FileRequired(_l("Choose a file first."))],
        description=_l("Excel workbook (.xlsx) or CSV, at most 5,000 people."),
    )


class ConfirmForm(Form):
    """Nothing but the token: the rows are kept on the server."""


def chosen(field: SelectField) -> uuid.UUID:
    """The identifier chosen in a required select field."""
    return uuid.UUID(str(field.data))
