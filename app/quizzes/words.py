"""The rules of a sitting in a candidate's words."""

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from app.quizzes import rules
from app.quizzes.rules.review import IMMEDIATELY


def review_rows(review: rules.Review) -> list[tuple[str, str]]:
    """What is shown of a finished attempt, and when; one row where everything is shown alike."""
    if review.short:
        return [(_("Answers and explanations"), when(review.answers))]
    names = {
        "answers": _("Your own answers"),
        "marks": _("Marks of each question"),
        "correct": _("Right answers"),
        "feedback": _("Explanations"),
        "percentage": _("Overall percentage"),
    }
    return [(names[name], when(review.phases(name))) for name in rules.REVIEWED]


def when(phases: frozenset[rules.Phase]) -> str:
    """Phases in words."""
    immediately, while_open, after_close = (phase in phases for phase in rules.Phase)
    minutes = IMMEDIATELY // timedelta(minutes=1)
    texts = {
        (True, True, True): _("shown after you submit"),
        (False, False, False): _("not shown"),
        (False, False, True): _("shown after the examination has closed"),
        (True, False, False): _("shown for %(minutes)s minutes after you submit", minutes=minutes),
        (True, True, False): _("shown after you submit, until the examination closes"),
        (False, True, True): _("shown from %(minutes)s minutes after you submit", minutes=minutes),
        (False, True, False): _(
            "shown from %(minutes)s minutes after you submit until the examination closes", minutes=minutes
        ),
        (True, False, True): _(
            "shown for %(minutes)s minutes after you submit, and again after the examination has closed",
            minutes=minutes,
        ),
    }
    return str(texts[immediately, while_open, after_close])


def missing_text(review: rules.Review, shown: rules.Shown, closes_at: datetime | None, closing: str) -> str:
    """Why a result page does not show everything, and from when it will; empty when it shows everything.

    ``closing`` is ``closes_at`` as the reader sees moments.
    """
    hidden = [name for name in rules.REVIEWED if not getattr(shown, name)]
    if not hidden:
        return ""
    later = closes_at and any(rules.Phase.AFTER_CLOSE in review.phases(name) for name in hidden)
    if later and review.short:
        return str(
            _(
                "Answers and explanations are shown after the examination has closed, on %(time)s.",
                time=closing,
            )
        )
    if later:
        return str(_("More is shown after the examination has closed, on %(time)s.", time=closing))
    if review.short:
        return str(_("Answers and explanations are not shown for this examination."))
    return str(_("Not everything is shown for this examination; the rules before Start say what and when."))


def again_text(standing: rules.Standing) -> str:
    """That another attempt can begin at once; empty where it cannot."""
    if standing.refusal is not None:
        return ""
    if standing.attempts_left is None:
        return str(_("You can try again now."))
    left = standing.attempts_left
    return str(
        ngettext(
            "You can try again now: %(num)s attempt left.", "You can try again now: %(num)s attempts left.", left
        )
    )


def percentage(percent: Decimal | str) -> str:
    """A result for its reader, to two places and never rounded up: what is short of the pass mark must not read as
    the pass mark."""
    cut = Decimal(percent).quantize(Decimal("0.01"), ROUND_DOWN)
    return f"{cut:f}".rstrip("0").rstrip(".")


def passed_text(percent: Decimal, kept: rules.ScoreKept) -> str:
    """What somebody who has passed should know before she tries again."""
    reached = percentage(percent)
    if kept is rules.ScoreKept.HIGHEST:
        return str(
            _("You reached %(percent)s%%. You need not take it again; your best attempt counts.", percent=reached)
        )
    return str(
        _(
            "You reached %(percent)s%%. What counts is %(what)s: another one may change your result.",
            percent=reached,
            what=kept_text(kept),
        )
    )


def kept_text(kept: rules.ScoreKept) -> str:
    """Which attempt is the result."""
    texts = {
        rules.ScoreKept.HIGHEST: _("your best attempt"),
        rules.ScoreKept.LATEST: _("your last attempt"),
        rules.ScoreKept.FIRST: _("your first attempt"),
        rules.ScoreKept.AVERAGE: _("the average of your attempts"),
    }
    return str(texts[kept])
