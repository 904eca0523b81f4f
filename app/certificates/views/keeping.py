"""The certifiers' pages: find, revoke, reissue, repeat what stopped."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.certificates import labels, policies, queries, services
from app.certificates.forms import ReinstateForm, ReissueForm, RevokeForm, SuspendForm
from app.certificates.models import Certificate
from app.certificates.rules import (
    CertificateState,
    DocumentKind,
    Names,
    RevocationClass,
    Snapshot,
    SuspensionClass,
)
from app.certificates.views.blueprint import blueprint
from app.core import access, clock
from app.core.access import Actor, Role, require_actor
from app.core.database import transaction
from app.core.errors import Conflict, NotAllowed
from app.core.forms import member_of


@blueprint.get("/certificates/issued")
@access.requires(*policies.KEEPERS)
def list_issued() -> str:
    """Every certificate of the bodies one certifies for, narrowed by the address."""
    state = member_of(CertificateState, request.args.get("state"))
    kind = member_of(DocumentKind, request.args.get("kind"))
    text = request.args.get("q", "").strip()[:60]
    page = queries.list_kept(
        require_actor(),
        state=state,
        kind=kind,
        troubled=request.args.get("state") == "troubled",
        text=text,
        page=request.args.get("page", 1, type=int),
    )
    held = [queries.Held(*row) for row in page.items]
    return render_template(
        "certificates/list_issued.html", page=page, rows=held, state=state, kind=kind, text=text, labels=labels
    )


def _certificate_to_change(
    certificate_id: uuid.UUID, states: tuple[CertificateState, ...] = (CertificateState.VALID,)
) -> Certificate:
    """Raises NotFound, NotAllowed for those who may only look, Conflict when it is in another state."""
    actor = require_actor()
    certificate = queries.get_certificate_for(actor, certificate_id, lock=request.method == "POST")
    if not policies.can_certify(actor, certificate):
        raise NotAllowed
    if certificate.state not in states:
        raise Conflict(_("The state of this certificate has changed meanwhile; look at its page again."))
    return certificate


def _decided(
    template: str,
    form: FlaskForm,
    certificate: Certificate,
    decide: Callable[[Actor, datetime], object],
    told: str,
) -> Any:
    """Ask for the reason; once it is given, do what was decided and say so on the certificate's page."""
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template(template, form=form, certificate=certificate), status
    with transaction():
        decide(require_actor(), clock.now())
    flash(told, "ok")
    return redirect(url_for("certificates.show", certificate_id=certificate.id))


@blueprint.route("/certificates/<uuid:certificate_id>/revoke", methods=["GET", "POST"])
@access.requires(Role.CERTIFIER)
def revoke(certificate_id: uuid.UUID) -> Any:
    """Take a certificate back, with a reason."""
    certificate = _certificate_to_change(certificate_id, (CertificateState.VALID, CertificateState.SUSPENDED))
    form = RevokeForm()

    def decide(actor: Actor, now: datetime) -> None:
        services.revoke(actor, certificate, RevocationClass(form.reason_class.data), form.reason.data, now)

    told = _("The certificate is revoked. The public page says so from now on.")
    return _decided("certificates/revoke.html", form, certificate, decide, told)


@blueprint.route("/certificates/<uuid:certificate_id>/suspend", methods=["GET", "POST"])
@access.requires(Role.CERTIFIER)
def suspend(certificate_id: uuid.UUID) -> Any:
    """Hold a certificate back while something is looked into."""
    certificate, form = _certificate_to_change(certificate_id), SuspendForm()

    def decide(actor: Actor, now: datetime) -> None:
        services.suspend(actor, certificate, SuspensionClass(form.reason_class.data), form.reason.data, now)

    told = _("The certificate is suspended. The public page says so from now on.")
    return _decided("certificates/suspend.html", form, certificate, decide, told)


@blueprint.route("/certificates/<uuid:certificate_id>/reinstate", methods=["GET", "POST"])
@access.requires(Role.CERTIFIER)
def reinstate(certificate_id: uuid.UUID) -> Any:
    """Let a suspended certificate be valid again."""
    certificate, form = _certificate_to_change(certificate_id, (CertificateState.SUSPENDED,)), ReinstateForm()

    def decide(actor: Actor, now: datetime) -> None:
        services.reinstate(actor, certificate, form.reason.data, now)

    told = _("The certificate is valid again. The public page says so from now on.")
    return _decided("certificates/reinstate.html", form, certificate, decide, told)


@blueprint.route("/certificates/<uuid:certificate_id>/reissue", methods=["GET", "POST"])
@access.requires(Role.CERTIFIER)
def reissue(certificate_id: uuid.UUID) -> Any:
    """Issue a certificate again with corrected names."""
    certificate = _certificate_to_change(certificate_id)
    holder = Snapshot.from_json(certificate.snapshot or {}).holder
    form = ReissueForm(data={"name": holder.name, "latin_name": holder.latin})
    if form.validate_on_submit():
        names = Names(form.name.data, form.latin_name.data)
        if names != holder:
            with transaction():
                new = services.reissue(require_actor(), certificate, names, form.reason.data, clock.now())
            flash(_("The corrected certificate is issued; the earlier one is marked as replaced."), "ok")
            return redirect(url_for("certificates.show", certificate_id=new.id))
        form.name.errors = [*form.name.errors, _("These are the names it already shows.")]
    status = 422 if form.is_submitted() else 200
    return render_template("certificates/reissue.html", form=form, certificate=certificate), status


@blueprint.post("/certificates/<uuid:certificate_id>/retry")
@access.requires(*policies.KEEPERS)
def retry(certificate_id: uuid.UUID) -> Any:
    """Repeat what stopped: an issue for lack of characters, or a rendering that failed."""
    actor = require_actor()
    with transaction():
        certificate = queries.get_certificate_for(actor, certificate_id, lock=True)
        services.retry(actor, certificate, clock.now())
    if certificate.state is CertificateState.BLOCKED and not certificate.missing_characters:
        flash(_("There are still no keys to sign with."), "error")
    elif certificate.state is CertificateState.BLOCKED:
        flash(
            _("The document fonts still lack: %(characters)s", characters=certificate.missing_characters), "error"
        )
    else:
        flash(_("It is being prepared again."), "ok")
    return redirect(url_for("certificates.show", certificate_id=certificate_id))
