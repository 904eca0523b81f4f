"""What was granted, in the reader's words."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.languages import format_moment
from app.quizzes import rules


def lines(allowance: rules.Allowance) -> list[str]:
    """What an allowance grants, a line each."""
    found = []
    if allowance.time_factor > 1:
        percent = ((allowance.time_factor - 1) * 100).normalize()
        found.append(_("%(percent)s%% more time", percent=f"{percent:f}"))
    if allowance.extra_minutes:
        minutes = allowance.extra_minutes
        found.append(ngettext("%(num)s more minute", "%(num)s more minutes", minutes))
    if allowance.extra_attempts:
        found.append(ngettext("%(num)s more attempt", "%(num)s more attempts", allowance.extra_attempts))
    if allowance.opens_at or allowance.closes_at:
        found.append(_window(allowance.opens_at, allowance.closes_at))
    if allowance.pause_minutes:
        found.append(_pauses(allowance))
    return [str(each) for each in found]


def brief(allowance: rules.Allowance) -> str:
    """The same in one line."""
    return str(_("; ")).join(lines(allowance))


def pauses_text(pauses: rules.Pauses) -> str:
    """The pauses somebody may take by herself; empty where she may take none."""
    if not pauses.seconds:
        return ""
    minutes = pauses.seconds // 60
    if pauses.number is None:
        return str(ngettext("up to %(num)s minute in all", "up to %(num)s minutes in all", minutes))
    return str(
        ngettext(
            "at most %(number)s, up to %(num)s minute in all",
            "at most %(number)s, up to %(num)s minutes in all",
            minutes,
            number=pauses.number,
        )
    )


def _pauses(allowance: rules.Allowance) -> str:
    pauses = rules.Pauses(allowance.pause_minutes * 60, allowance.pauses)
    return str(_("pauses of one's own: %(pauses)s", pauses=pauses_text(pauses)))


def _window(opens_at: datetime | None, closes_at: datetime | None) -> str:
    if opens_at and closes_at:
        text = _("from %(opens)s to %(closes)s", opens=format_moment(opens_at), closes=format_moment(closes_at))
    elif opens_at:
        text = _("from %(opens)s", opens=format_moment(opens_at))
    else:
        text = _("until %(closes)s", closes=format_moment(closes_at))
    return str(text)
