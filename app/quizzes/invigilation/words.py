"""Decisions, states and flags in the reader's words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.languages import format_day, format_moment, format_time
from app.quizzes.accommodations.words import brief
from app.quizzes.invigilation.models import Decision, Intervention
from app.quizzes.invigilation.rules import Bar, Flag, Means, Note
from app.quizzes.models import AttemptState
from app.quizzes.receipts import timestamp
from app.quizzes.rules import Allowance


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as the candidate (and whoever looks at the history) reads it."""

    number: int
    at: datetime
    #: With what was written about it: a reason, or the note of a release.
    text: str
    #: Late answers that it lets count.
    ordinals: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": timestamp(self.at),
            "when": format_moment(self.at),
            "text": self.text,
        }


def told(interventions: Sequence[Intervention]) -> list[Told]:
    """Decisions in words, the latest first."""
    return [
        Told(
            each.number,
            each.created_at,
            _sentence_and_reason(each),
            tuple(each.details.get("ordinals", ())),
        )
        for each in reversed(interventions)
    ]


def _sentence_and_reason(each: Intervention) -> str:
    text = sentence(each.decision, each.details)
    if not each.reason:
        return text
    if each.decision is Decision.RELEASE:  # nobody was denied anything: it is what was seen
        return str(_("%(text)s Note: %(note)s", text=text, note=each.reason))
    return str(_("%(text)s Reason: %(reason)s", text=text, reason=each.reason))


def sentence(decision: Decision, details: dict[str, Any]) -> str:
    """What was decided (or what she did), to the candidate."""
    deadline = format_moment(datetime.fromisoformat(details["deadline"]))
    minutes = details.get("minutes", 0)
    seconds = details.get("seconds", 0)
    texts: dict[Decision, Callable[[], object]] = {
        Decision.RELEASE: lambda: (
            _("Your identity was checked by video. The examination ends at %(time)s.", time=deadline)
            if details.get("means") == Means.VIDEO
            else _("Your identity was checked in person. The examination ends at %(time)s.", time=deadline)
        ),
        Decision.REFUSE: lambda: _("You were not let in to this examination. This uses up no attempt."),
        Decision.EXTEND: lambda: ngettext(
            "You have %(num)d more minute. The examination now ends at %(time)s.",
            "You have %(num)d more minutes. The examination now ends at %(time)s.",
            minutes,
            time=deadline,
        ),
        Decision.PAUSE: lambda: _(
            "The examination is paused. Your time stands still; what you have given is kept."
        ),
        Decision.RESUME: lambda: _(
            "The examination goes on. The pause of %(length)s is not counted; it now ends at %(time)s.",
            length=length(seconds),
            time=deadline,
        ),
        Decision.VOID: lambda: _(
            "This attempt has been declared void. It uses up no attempt; your answers are kept."
        ),
        Decision.REOPEN: lambda: ngettext(
            "Your attempt is open again for %(num)d minute, until %(time)s. The result is withdrawn until then.",
            "Your attempt is open again for %(num)d minutes, until %(time)s. The result is withdrawn until then.",
            minutes,
            time=deadline,
        ),
        Decision.COUNT_LATE: lambda: ngettext(
            "%(num)d answer that came late counts after all.",
            "%(num)d answers that came late count after all.",
            len(details.get("ordinals", ())),
        ),
        Decision.ACCOMMODATION: lambda: _granted(details, deadline),
        Decision.OWN_PAUSE: lambda: _(
            "You have paused the examination. It goes on by itself at %(time)s at the latest.",
            time=format_moment(datetime.fromisoformat(details["until"])),
        ),
        Decision.OWN_RESUME: lambda: _(
            "Your pause of %(length)s is over. The examination now ends at %(time)s.",
            length=length(seconds),
            time=deadline,
        ),
    }
    return str(texts[decision]())


def _granted(details: dict[str, Any], deadline: str) -> str:
    what = brief(Allowance.from_json(details["allowance"]))
    if details["state"] == AttemptState.WAITING:  # nobody knows yet when her time begins
        return str(_("You were granted: %(what)s.", what=what))
    return str(_("You were granted: %(what)s. The examination now ends at %(time)s.", what=what, time=deadline))


def length(seconds: int) -> str:
    """How long something took: seconds below two minutes, then minutes."""
    if seconds < 120:
        return str(ngettext("%(num)d second", "%(num)d seconds", seconds))
    return str(ngettext("%(num)d minute", "%(num)d minutes", round(seconds / 60)))


def states() -> dict[str, str]:
    """The states of an attempt, to invigilators."""
    return {
        AttemptState.WAITING: _("waits for release"),
        AttemptState.IN_PROGRESS: _("under way"),
        AttemptState.PAUSED: _("paused"),
        AttemptState.SUBMITTED: _("submitted"),
        AttemptState.EXPIRED: _("time ran out"),
        AttemptState.VOIDED: _("void"),
    }


def flags() -> dict[str, str]:
    """The flags in a few words; ``{count}`` is filled in by the page."""
    return {
        Flag.WAITING: _("identity to be checked"),
        Flag.SILENT: _("nothing heard of the page"),
        Flag.LATE: _("late answers: {count}"),
        Flag.SUPERSEDED: _("overtaken answers: {count}"),
        Flag.DEVICES: _("devices: {count}"),
        Flag.CLOCK: _("device clock differs, or answers waited offline"),
        Flag.PAUSED_SAVE: _("answered during the pause"),
        Flag.OWN_PAUSE: _("takes a pause of her own"),
        Flag.MORE_TIME: _("more time granted: {count} min"),
    }


def flag_help() -> dict[str, str]:
    """What each flag means, and what to do about it."""
    return {
        Flag.WAITING: _(
            "The candidate asks to be let in. Open her line, compare document and name, and let her in."
        ),
        Flag.SILENT: _(
            "Nothing has come from her page for over a minute: closed, asleep or without a network. What she"
            " answers offline is kept on her device and sent later. Look after her; if time was lost, give more."
        ),
        Flag.LATE: _(
            "Answers came after the deadline and do not count. If the fault was ours, let them count on her page."
        ),
        Flag.SUPERSEDED: _(
            "An answer came from one device after a newer one from another; the newer one counts. Nothing to do,"
            " unless two people answer."
        ),
        Flag.DEVICES: _(
            "Answers that count came from so many devices or browsers. Ask her if she did not change."
        ),
        Flag.CLOCK: _(
            "The device’s clock and ours are more than two minutes apart, or answers waited offline. The server’s"
            " clock decides; nothing to do."
        ),
        Flag.PAUSED_SAVE: _("An answer was on its way when the pause began. It counts."),
        Flag.OWN_PAUSE: _("She has paused by herself, as the rules or an accommodation allow. It ends by itself."),
        Flag.MORE_TIME: _("An accommodation gives her more time; the time left holds it already."),
    }


def bars() -> dict[str, str]:
    """Whether who has not come may begin; ``{time}`` is filled in by the page."""
    return {
        Bar.NONE: _("has not begun"),
        Bar.NOT_OPEN: _("opens at {time}"),
        Bar.CLOSED: _("the window is over"),
        Bar.COOLING_OFF: _("may sit it again from {time}"),
        Bar.NONE_LEFT: _("no attempt left"),
        Bar.NOT_ADMITTED: _("courses not complete"),
    }


def notes() -> dict[str, str]:
    """What was granted to who has not come; ``{count}`` or ``{time}`` is filled in by the page."""
    return {
        Note.OPENS: _("own window from {time}"),
        Note.CLOSES: _("own window until {time}"),
        Note.MORE_TIME: _("more time granted: {count} min"),
        Note.PAUSES: _("may pause: {count} min"),
        Note.ATTEMPTS: _("more attempts granted: {count}"),
        Note.SAT_BEFORE: _("sat before: {count}"),
    }


def tally() -> dict[str, str]:
    """The figures of ``seating.Tally``."""
    return {
        "expected": _("Expected"),
        "started": _("Have begun"),
        "absent": _("Not yet begun"),
        "submitted": _("Papers handed in"),
        "expired": _("Taken in at the deadline"),
    }


def in_full(moment: datetime) -> str:
    """Day and time, for a file."""
    return f"{format_day(moment)} {format_time(moment)}"


def when(moment: datetime | int | None, now: datetime) -> str:
    """A moment (or seconds since 1970) on the live page: its time of day, with the day unless it is today."""
    if moment is None:
        return ""
    if isinstance(moment, int):
        moment = datetime.fromtimestamp(moment, UTC)
    return format_time(moment) if format_day(moment) == format_day(now) else in_full(moment)
