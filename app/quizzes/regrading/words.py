"""Regrades in the reader's words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import clock
from app.core.languages import format_moment, tr
from app.core.spreadsheets import Row
from app.jobs.models import JobState
from app.jobs.services import WORKERS_DIED
from app.quizzes import grading
from app.quizzes.grading import Amendable
from app.quizzes.grading.amending import Option, Topic
from app.quizzes.regrading.history import AppliedRun
from app.quizzes.regrading.models import Regrade
from app.quizzes.regrading.queries import ChangedSitting, Listed, Show
from app.quizzes.regrading.rules import Problem, RegradeState
from app.quizzes.rendering import Texts
from app.quizzes.results import Outcome, Treatment
from app.quizzes.words import percentage


def topic(amendable: Amendable) -> str:
    """What a field is called."""
    names = {
        Topic.KEY: _("Right answer"),
        Topic.TOLERANCE: _("Tolerance"),
        Topic.ACCEPTED: _("Accepted answers"),
        Topic.PATTERNS: _("Further patterns accepted"),
        Topic.IGNORED: _("Differences that do not count"),
        Topic.SCORING: _("Scoring rule"),
        Topic.FORMULA: _("Formula of the right answer"),
        Topic.DECIMALS: _("Decimal places of the right answer"),
    }
    return str(names[amendable.topic])


def label(amendable: Amendable, texts: Texts) -> Markup:
    """A field with what it belongs to."""
    words = [topic(amendable)]
    if amendable.part:
        words.insert(0, _("Part %(number)s", number=amendable.part))
    found = Markup(" · ").join(words)
    return found + Markup(": ") + texts.line(amendable.about) if amendable.about else found


def hint(amendable: Amendable) -> str:
    """What to know when filling it in."""
    hints = {
        Topic.ACCEPTED: _("One a line."),
        Topic.PATTERNS: _("One a line; * stands for any run of characters, ? for any one."),
        Topic.TOLERANCE: _("How far an answer may be from the right one, in the answer's unit; 0 for not at all."),
    }
    return str(hints.get(amendable.topic, ""))


def option(each: Option, texts: Texts) -> Markup:
    """Something to choose."""
    if each.text is not None:
        return texts.line(each.text)
    known = {
        "true": _("True"),
        "false": _("False"),
        "width": _("Full and half width"),
        "case": _("Capital and small letters"),
        "script": _("Traditional and simplified characters"),
        "all_or_nothing": _("All or nothing"),
        "partial": _("Share of the right choices"),
        "partial_with_penalty": _("Share of the right choices, less that of the wrong ones"),
        "right_minus_wrong": _("Right minus wrong"),
        "position": _("Share of items at their own place"),
        "adjacent": _("Share of pairs of neighbours"),
        "longest_run": _("Longest run in order"),
    }
    return Markup(known.get(each.id, each.id))  # noqa: S704 - words of ours and whole numbers


def value(amendable: Amendable, given: Any, texts: Texts) -> Markup:
    """The values of a field, for reading."""
    names = {each.id: option(each, texts) for each in amendable.options}
    return Markup(", ").join(names.get(each, Markup.escape(each)) for each in given) or Markup("—")


def differences(
    body: dict[str, Any], changed: Mapping[str, Any], texts: Texts
) -> list[tuple[Markup, Markup, Markup]]:
    """Field, as published, as corrected."""
    return [
        (label(each, texts), value(each, each.value, texts), value(each, changed[each.name], texts))
        for each in grading.amendable(body)
        if each.name in changed
    ]


def treatment(regrade: Regrade) -> str:
    """What the regrade does, in a few words."""
    if regrade.correction.as_published:
        return str(_("Grade it as it was published"))
    names = {
        Treatment.GRADED: _("Correct how it is graded"),
        Treatment.DROPPED: _("Drop the question"),
        Treatment.FULL_MARKS: _("Full marks for everybody"),
    }
    return str(names[regrade.treatment])


def scope(listed: Listed) -> str:
    """Which sittings it is about."""
    regrade = listed.regrade
    parts = [tr(listed.quiz_title) if listed.quiz_title else _("Every examination with this question")]
    if regrade.group_label:
        parts.append(regrade.group_label)
    since = format_date(clock.day_of(regrade.since)) if regrade.since else ""
    last = regrade.until - timedelta(days=1) if regrade.until else None
    until = format_date(clock.day_of(last)) if last else ""
    if since and until:
        parts.append(_("handed in from %(first)s to %(last)s", first=since, last=until))
    elif since:
        parts.append(_("handed in from %(first)s", first=since))
    elif until:
        parts.append(_("handed in until %(last)s", last=until))
    if regrade.organisations is not None:
        parts.append(_("candidates of the author's organisations"))
    return " · ".join(parts)


def state(listed: Listed) -> tuple[str, str]:
    """Word and kind."""
    if listed.stopped:
        return _("Stopped"), "danger"
    return {
        RegradeState.TRYING: (_("Dry run under way"), "info"),
        RegradeState.TRIED: (_("Tried, not applied"), "attention"),
        RegradeState.IMPOSSIBLE: (_("Cannot be done"), "danger"),
        RegradeState.APPLYING: (_("Being applied"), "info"),
        RegradeState.APPLIED: (_("Applied"), "ok"),
        RegradeState.GIVING_UP: (_("Being taken back"), "info"),
        RegradeState.GIVEN_UP: (_("Given up"), "neutral"),
        RegradeState.DISCARDED: (_("Put away"), "neutral"),
    }[listed.regrade.state]


def stopped(listed: Listed) -> str:
    """Why its work has stopped."""
    if listed.regrade.problem:
        return problem(listed.regrade)
    fault = listed.job.error if listed.job else ""
    if fault == WORKERS_DIED:
        return str(_("The program that does this work was ended each time before it came to the end."))
    return str(_("A fault that was not foreseen, met at every try. For the operator: %(fault)s", fault=fault))


def next_try(listed: Listed) -> str:
    """That the work met a fault and goes on by itself; empty when it did not."""
    job = listed.job
    if job is None or not job.error or job.state is not JobState.QUEUED:
        return ""
    return str(
        _(
            "The last try met a fault. What was done is kept; the next try begins by itself at %(time)s.",
            time=format_moment(job.run_after),
        )
    )


def problem(regrade: Regrade) -> str:
    """Why it cannot be done, and what to do instead."""
    reasons = {
        Problem.NOTHING_LEFT: _(
            "Some paper would have no question left. Give everybody full marks instead, or void those sittings."
        ),
        Problem.UNMARKED: _("Some answers would need a mark by a person and have none."),
        Problem.NO_ANSWER: _(
            "With the corrected formula the question has no answer on some paper: it has no value for the numbers"
            " drawn there. Drop the question, or give everybody full marks."
        ),
    }
    return str(reasons[Problem(regrade.problem)])


def consequence(kind: str, count: int) -> str:
    """What rests on changed results, counted."""
    texts = {
        "certificate": _("Certificates that rest on a changed result: %(number)s", number=count),
        "appointment": _("Appointments of experts that rest on a changed result: %(number)s", number=count),
        "completion": _("Programmes that would be completed: %(number)s", number=count),
    }
    return str(texts[kind])


def percent(outcome: Outcome) -> str:
    """The result as its candidate reads it."""
    return f"{percentage(outcome.percent)}%"


def passed(outcome: Outcome) -> str:
    return str(_("Passed") if outcome.passed else _("Not passed"))


def effect(before: Outcome, after: Outcome) -> tuple[str, str]:
    """What happens to passing: word and kind."""
    if after.passed and not before.passed:
        return _("Newly passed"), "ok"
    if before.passed and not after.passed:
        return _("Newly not passed"), "danger"
    return (_("Passed as before"), "neutral") if after.passed else (_("Not passed as before"), "neutral")


def shows() -> dict[Show, str]:
    """The filters of the list of changes."""
    return {
        Show.ALL: _("All"),
        Show.NEWLY_FAILED: _("Newly not passed"),
        Show.NEWLY_PASSED: _("Newly passed"),
        Show.CONSEQUENCES: _("Something rests on it"),
    }


def cause(run: AppliedRun) -> str:
    """Where a grade run came from."""
    causes = {
        "submission": _("Handed in"),
        "marking": _("Marked"),
        "release": _("Results released"),
        "regrade": _("Regrade taken back") if run.taken_back else _("Regraded"),
        "late_answers": _("Late answers counted"),
    }
    return str(causes.get(run.cause, run.cause))


def change_row(each: ChangedSitting) -> Row:
    """A changed sitting in a file; numbers stay numbers."""
    before, after = each.change.before, each.change.after
    return {
        _("Student number"): each.student_number or "",
        _("Name"): each.candidate,
        _("Examination"): each.quiz_key,
        _("Attempt"): each.number,
        _("Marks before"): float(before.earned),
        _("Possible before"): float(before.possible),
        _("Per cent before"): float(before.percent),
        _("Outcome before"): passed(before),
        _("Marks after"): float(after.earned),
        _("Possible after"): float(after.possible),
        _("Per cent after"): float(after.percent),
        _("Outcome after"): passed(after),
        _("Rests on it"): "; ".join(tr(one["label"]) for one in each.change.consequences),
    }
