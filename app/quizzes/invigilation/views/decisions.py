"""Decisions, one at a time or about several attempts."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import Actor, require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid
from app.core.forms import as_uuid
from app.core.languages import told
from app.quizzes.invigilation import forms, policies, queries, seating, services
from app.quizzes.invigilation.rules import Means
from app.quizzes.invigilation.views import pages

blueprint = Blueprint("decisions", __name__)

Done = BaseResponse | tuple[str, int]


def _one(service: Callable[..., services.Decided], actor: Actor, attempt_id: uuid.UUID, **given: Any) -> None:
    """A decision about several, for one: what is passed over there is a conflict here."""
    decided = service(actor, [attempt_id], **given)
    if decided.repeated:
        raise Conflict(
            _(
                "More time was given since this page was loaded; it was not added twice."
                " Decide again if you mean it."
            ),
            code="repeated",
        )
    if decided.passed_over:
        raise Conflict(_("This attempt has moved on meanwhile. Look at its state again."), code="overtaken")


def _release(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    session[pages.LAST_MEANS] = form.means.data
    services.release_attempt(
        actor, attempt_id, means=Means(form.means.data), note=form.note.data or "", now=clock.now()
    )


def _refuse(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    services.refuse_attempt(actor, attempt_id, reason=form.reason.data, now=clock.now())


def _extend(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    given = {"minutes": form.minutes.data, "reason": form.reason.data, "as_of": form.as_of.data}
    _one(services.extend_attempts, actor, attempt_id, **given, now=clock.now())


def _pause(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    _one(services.pause_attempts, actor, attempt_id, reason=form.reason.data, now=clock.now())


def _resume(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    _one(services.resume_attempts, actor, attempt_id, reason=form.reason.data, now=clock.now())


def _void(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    services.void_attempt(actor, attempt_id, reason=form.reason.data, now=clock.now())


def _reopen(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    services.reopen_attempt(actor, attempt_id, minutes=form.minutes.data, reason=form.reason.data, now=clock.now())


def _count_late(actor: Actor, attempt_id: uuid.UUID, form: Any) -> None:
    ordinals = [
        int(each)
        for each in request.form.getlist("ordinal")
        if each.isascii() and each.isdigit() and len(each) < 10
    ]
    services.count_late_answers(actor, attempt_id, ordinals, reason=form.reason.data, now=clock.now())


DECISIONS: dict[str, Callable[[Actor, uuid.UUID, Any], None]] = {
    "release": _release,
    "refuse": _refuse,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "void": _void,
    "reopen": _reopen,
    "count-late": _count_late,
}


@blueprint.post("/invigilation/attempts/<uuid:attempt_id>")
@access.requires(*policies.INVIGILATORS)
def decide(attempt_id: uuid.UUID) -> Done:
    """Decide about one attempt; what was typed is kept when it cannot be done."""
    actor, name = require_actor(), request.form.get("decision", "")
    group = request.args.get("group") or None  # what the live page is narrowed to
    watched = queries.get_watched(actor, attempt_id)
    if name not in DECISIONS:
        raise Invalid(_("Choose what to do."))
    form = forms.BY_DECISION[name](prefix=f"{name}-")
    if not form.validate_on_submit():
        return pages.attempt_page(watched, form, name), 422
    release()
    try:
        with transaction():
            DECISIONS[name](actor, attempt_id, form)
    except (Conflict, Invalid) as refused:
        flash(told(refused), "danger")
        return pages.attempt_page(queries.get_watched(actor, attempt_id), form, name), refused.status
    flash(_("Done. The candidate reads it on her page within seconds."), "ok")
    if name in ("release", "refuse"):
        return redirect(url_for("invigilation.show_live", key=watched.key, show="waiting", group=group))
    return redirect(url_for("invigilation.show_attempt", attempt_id=attempt_id, group=group))


@blueprint.post("/invigilation/<string:key>")
@access.requires(*policies.INVIGILATORS)
def decide_many(key: str) -> Done:
    """More time, a pause, or its end, for those selected or all who are under way."""
    actor, form = require_actor(), forms.ManyForm()
    named = frozenset(request.form.getlist("attempt"))
    sound = form.validate_on_submit()
    if sound and form.decision.data == "extend" and form.minutes.data is None:
        form.minutes.errors = [*form.minutes.errors, _("Say how many minutes.")]
        sound = False
    if sound and form.scope.data == forms.Scope.SELECTED and not named:
        form.scope.errors = [*form.scope.errors, _("Select at least one candidate in the table.")]
        sound = False
    if not sound:
        return pages.live_page(key, form, named), 422
    release()
    with transaction():
        outcome = _act(actor, key, form, named)
    _tell(outcome)
    return redirect(url_for("invigilation.show_live", key=key, **seating.View.of(request.args).arguments()))


def _act(actor: Actor, key: str, form: forms.ManyForm, named: frozenset[str]) -> services.Decided:
    everybody = form.scope.data == forms.Scope.ALL
    chosen = queries.attempts_under_way(actor, key) if everybody else _identifiers(named)
    given: dict[str, Any] = {"reason": form.reason.data, "now": clock.now()}
    if form.decision.data == "extend":
        given |= {"minutes": form.minutes.data or 0, "as_of": form.as_of.data}
        return services.extend_attempts(actor, chosen, **given)
    service = services.pause_attempts if form.decision.data == "pause" else services.resume_attempts
    return service(actor, chosen, **given)


def _identifiers(named: frozenset[str]) -> list[uuid.UUID]:
    try:
        return [found for found in map(as_uuid, named) if found]
    except ValueError:
        raise Invalid(_("This page is damaged. Reload it and choose again.")) from None


def _tell(outcome: services.Decided) -> None:
    if outcome.done:
        count = len(outcome.done)
        flash(ngettext("Done for %(num)d candidate.", "Done for %(num)d candidates.", count), "ok")
    if outcome.repeated:
        count = len(outcome.repeated)
        text = ngettext(
            "%(num)d candidate was given more time since the page was loaded; it was not added twice.",
            "%(num)d candidates were given more time since the page was loaded; it was not added twice.",
            count,
        )
        flash(f"{text} {_('Look at the time left, and decide again if you mean it.')}", "attention")
    if outcome.passed_over:
        count = len(outcome.passed_over)
        text = ngettext(
            "It does not apply to %(num)d candidate: not under way, or already so.",
            "It does not apply to %(num)d candidates: not under way, or already so.",
            count,
        )
        flash(text, "attention")
