"""Words and numbers of course pages."""

from decimal import Decimal

from flask import g
from flask_babel import gettext as _

from app.core.languages import locale_name
from app.library.queries import library
from app.library.rules import citation_words
from app.quizzes import rules, services


def plain_number(value: Decimal | int | str) -> str:
    """A number without trailing zeros: 2, 1.5."""
    return f"{Decimal(value).normalize():f}"


def instrument_name(key: str, pin: str | None = None) -> str:
    """An instrument's short name with the pinpoint; the key itself when nothing is recorded."""
    if "library" not in g:
        g.library = library()  # once a page, however many names it shows
    note = g.library.instruments.get(key)
    return citation_words(note, pin or "", locale_name()) if note else key


def exam_refusal(standing: rules.Standing) -> str:
    """Why no attempt can be started now."""
    return services.refusal_text(standing)


def question_type(kind: str) -> str:
    names: dict[str, str] = {
        "single": _("Single choice"),
        "multiple": _("Multiple choice"),
        "true_false": _("True or false"),
        "numeric": _("Numeric answer"),
        "short_text": _("Short text"),
        "matching": _("Matching"),
        "ordering": _("Ordering"),
    }
    return names.get(kind, kind)
