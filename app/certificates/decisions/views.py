"""The certifiers' pages: what waits, one decision, what was decided."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.certificates.decisions import policies, queries, rules, services, words
from app.certificates.decisions.forms import DecisionForm
from app.certificates.decisions.rules import DecisionState, Outcome
from app.certificates.labels import REVOCATION_CLASSES
from app.certificates.policies import KEEPERS
from app.certificates.rules import RevocationClass
from app.core import access, clock
from app.core.access import Role, require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict
from app.core.forms import choice, member_of
from app.core.languages import told

blueprint = Blueprint("certificate_decisions", __name__)
blueprints = (blueprint,)


@blueprint.get("/certificates/decisions")
@access.requires(*KEEPERS)
def list_open() -> str:
    """What waits for a decision; with ``?state=past`` what was decided."""
    past = request.args.get("state") == "past"
    page = queries.list_decisions(
        require_actor(), open_only=not past, page=request.args.get("page", 1, type=int)
    ).addressed(lambda number: url_for(".list_open", state="past" if past else None, page=number))
    return render_template("certificates/decisions/index.html", page=page, past=past, words=words, now=clock.now())


@blueprint.route("/certificates/decisions/<uuid:decision_id>", methods=["GET", "POST"])
@access.requires(*KEEPERS)
def show(decision_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The evidence, and the decision for those who may take it."""
    actor = require_actor()
    decision = queries.get_decision_for(actor, decision_id)
    listed = queries.describe(decision)
    may_decide = policies.can_decide(actor, decision) and decision.state is DecisionState.OPEN
    form = DecisionForm()
    offered = rules.outcomes(decision.kind, issued=listed.issued)
    form.outcome.choices = [choice(each.value, words.outcome(each, issued=listed.issued)) for each in offered]
    conflict = None
    if form.is_submitted() and (not may_decide or form.validate()):
        try:
            return _decide(decision_id, form)
        except Conflict as refused:
            if refused.code == "moved":
                return _renew(decision_id, refused)
            conflict = refused
    page = render_template(
        "certificates/decisions/show.html",
        decision=decision,
        listed=listed,
        form=form,
        may_decide=may_decide,
        is_certifier=actor.has(Role.CERTIFIER),
        classes={kind.value: label for kind, label in REVOCATION_CLASSES.items()},
        conflict=conflict,
        words=words,
    )
    return (page, 409 if conflict else 422) if form.is_submitted() else page


def _renew(decision_id: uuid.UUID, refused: Conflict) -> Response:
    """Nothing was decided: lead to the evidence as it is now, or to the list when nothing is left to decide."""
    release()
    with transaction():
        renewed = services.renew(require_actor(), decision_id, now=clock.now())
    flash(told(refused), "attention")
    return redirect(url_for(".show", decision_id=renewed.id) if renewed else url_for(".list_open"))


def _decide(decision_id: uuid.UUID, form: DecisionForm) -> Response:
    with transaction():
        services.decide(
            require_actor(),
            decision_id,
            member_of(Outcome, form.outcome.data) or Outcome.KEEP,
            reason=form.reason.data or "",
            reason_class=member_of(RevocationClass, form.reason_class.data),
            now=clock.now(),
        )
    flash(_("The decision is taken and carried out."), "ok")
    return redirect(url_for(".list_open"))
