"""The words for kinds and states, and days as stored."""

from datetime import date

from flask_babel import gettext as _

from app.core.languages import format_day, locale_name
from app.library import rules


def kind_name(kind: str) -> str:
    names: dict[str, str] = {
        "statute": _("Statute"),
        "regulation": _("Regulation"),
        "treaty": _("Treaty"),
        "decision": _("Court decision"),
        "guideline": _("Guideline"),
        "rule": _("Rules of procedure"),
    }
    return names.get(kind, kind)


def status_name(status: str) -> str:
    names: dict[str, str] = {
        "in_force": _("In force"),
        "adopted": _("Adopted, not yet in force"),
        "amended": _("Amended"),
        "repealed": _("Repealed"),
    }
    return names.get(status, status)


def status_kind(status: str) -> str:
    """Which kind of ``ui.status`` shows it."""
    return {"in_force": "ok", "adopted": "info", "amended": "attention", "repealed": "danger"}.get(
        status, "neutral"
    )


def jurisdiction_name(code: str) -> str:
    """In the reader's language."""
    return rules.jurisdiction_name(code, locale_name())


def iso_day(value: str | date | None) -> str:
    """A stored ISO day as the reader writes it; empty where none is known."""
    day = date.fromisoformat(value) if isinstance(value, str) and value else value
    return format_day(day) if day else ""  # type: ignore[arg-type]
