"""The base of every form: CSRF, trimmed text, the reader's language."""

import uuid
from enum import StrEnum
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
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


def member_of(kind: type[E], value: str | None) -> E | None:
    """The member of an enumeration that an address or field names; None for anything else."""
    return next((member for member in kind if member.value == value), None)
