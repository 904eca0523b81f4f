"""The base of every form: CSRF, trimmed text, the reader's language."""

import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeField, DecimalField, IntegerField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice

E = TypeVar("E", bound=StrEnum)

#: What no field of ours means, and what databases and calendars cannot hold.
_MOST: Final = 10**15
_YEARS: Final = range(1000, 9000)
_COUNTED: Final = (IntegerField, DecimalField, DateField, DateTimeField)


def strip(value: Any) -> Any:
    """Trim what a person typed, and drop NUL, which PostgreSQL refuses; leave everything else alone."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


def _is_absurd(value: Any) -> bool:
    """A number or a day that nobody can mean."""
    if isinstance(value, Decimal):
        return not value.is_finite() or abs(value) > _MOST
    if isinstance(value, int):
        return abs(value) > _MOST
    return isinstance(value, date) and value.year not in _YEARS


class Form(FlaskForm):
    """Every form of the product; text (but no password) is trimmed before it is checked, and a number or a day
    that nobody can mean is none."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options["filters"] = [*options.get("filters", ()), strip]
            return super().bind_field(form, unbound_field, options)

    def validate(self, extra_validators: Any = None) -> bool:
        for field in self:
            if isinstance(field, _COUNTED) and _is_absurd(field.data):
                kind = "date" if isinstance(field.data, date) else "decimal"
                field.data, field.process_errors = None, [field.gettext(f"Not a valid {kind} value.")]
        return bool(super().validate(extra_validators))


def as_uuid(value: Any) -> uuid.UUID | None:
    """Coerce a select field's value to an identifier; empty means none."""
    return uuid.UUID(str(value)) if value else None


def choice(value: object, label: Any) -> SelectChoice:
    """An option of a select field or a group of radio buttons."""
    return SelectChoice(str(value), label)


def member_of(kind: type[E], value: str | None) -> E | None:
    """The member of an enumeration that an address or field names; None for anything else."""
    return next((member for member in kind if member.value == value), None)
