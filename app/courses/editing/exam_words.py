"""What the form of an examination says: what is wrong at a field, and what a pool would draw."""

from ipaddress import ip_network

from flask_babel import gettext as _
from flask_babel import ngettext

from app.courses.editing.exam_pools import Draw
from app.courses.editing.exams import Problem
from app.courses.editing.words import check_words
from app.quizzes import rules


def problem_words(problem: Problem) -> str:
    """One sentence: what to do."""
    about, kind = problem.about, problem.kind
    if kind == "too_small":
        return str(
            _("Draw at most %(left)s, loosen the conditions, or write more bank questions.", left=about["left"])
        )
    if kind == "network":
        return _network(str(about["input"]))
    if kind in ("greater_than_equal", "less_than_equal"):
        return str(
            _("Write at least %(bound)s.", bound=about["ge"])
            if "ge" in about
            else _("Write at most %(bound)s.", bound=about["le"])
        )
    if kind == "string_too_long":
        return str(_("Write at most %(bound)s characters.", bound=about["max_length"]))
    return str(_plain(kind) or check_words(about["wrong"], about["mend"]))


def _plain(kind: str) -> str:
    """The words of kinds that need no figures."""
    if kind.startswith(("int_", "decimal_")):
        return str(_("Write a number in digits."))
    if kind.startswith(("datetime_", "timezone_")):
        return str(_("Write a day and a time."))
    texts = {
        "missing": _("Please fill this in."),
        "string_pattern_mismatch": _("Write lower-case letters, digits and single hyphens, such as l3-final."),
        "taken": _("This id is in use already. Choose another one."),
        "no_pools": _("Say what is asked: add a pool."),
        "needs_parts": _("Divide the paper into parts, or choose another navigation."),
        "closes_first": _("It closes before it opens. Choose a later moment."),
        "never_closes": _(
            "Something is shown only after the examination has closed, and it never closes. Say when it closes, "
            "or tick another time."
        ),
    }
    return str(texts.get(kind, ""))


def _network(said: str) -> str:
    try:
        meant = str(ip_network(said, strict=False))
    except ValueError:
        return str(_("“%(said)s” is no network. Write such as 10.20.0.0/16 or 2001:db8::/32.", said=said))
    return str(_("“%(said)s” is an address inside a network. Write %(meant)s.", said=said, meant=meant))


def code_refusal() -> str:
    """Why something is no access code."""
    return str(_("Write a code of 4 to %(most)s characters.", most=rules.MAX_ACCESS_CODE))


def draw_lines(draw: Draw) -> list[tuple[str, str]]:
    """What a pool would draw: kinds of state, and words."""
    count = ngettext("%(num)d question matches.", "%(num)d questions match.", draw.fitting)
    lines = [("ok" if draw.left else "attention", str(count))]
    if above := draw.fitting - draw.left:
        words = ngettext("%(num)d of them stands in a pool above.", "%(num)d of them stand in pools above.", above)
        lines.append(("info", str(words)))
    if draw.is_too_small:
        lines.append(("danger", str(_("Too few: %(pick)s are to be drawn.", pick=draw.pick))))
    elif draw.is_the_same_for_all:
        lines.append(("attention", str(_("Every candidate gets the same questions."))))
    if draw.repeats and draw.pick is not None:
        needed = draw.pick * draw.attempts
        words = _(
            "Later attempts repeat questions: %(attempts)s attempts would need %(needed)s.",
            attempts=draw.attempts,
            needed=needed,
        )
        lines.append(("attention", str(words)))
    return lines
