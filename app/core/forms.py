"""The base of every form: CSRF, trimmed text, the reader's language."""

import uuid
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

E = TypeVar("E", bound=StrEnum)


def strip(value: Any) -> Any:
    """Trim what a person typed; leave everything else alone."""
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """Every form of the product; text (but no password) is trimmed before it is checked."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options["filters"] = [*options.get("filters", ()), strip]
            return super().bind_field(form, unbound_field, options)


def as_uuid(value: Any) -> uuid.UUID | None:
    """Coerce a select field's value to an identifier; empty means none."""
    return uuid.UUID(str(value)) if value else None


def choice(value: object, label: Any) -> SelectChoice:
    """An option of a select field or a group of radio buttons."""
    return SelectChoice(str(value), label)


class OneOf:
    """A validator for identifiers chosen from a list that may have changed meanwhile."""

    def __init__(self, allowed: set[Any]) -> None:
        self.allowed = allowed

    def __call__(self, form: Any, field: Field) -> None:
        if field.data not in self.allowed:
            raise ValidationError(_l("This choice is no longer available. Choose another one."))


def member_of(kind: type[E], value: str | None) -> E | None:
    """The member of an enumeration that an address or field names; None for anything else."""
    return next((member for member in kind if member.value == value), None)
