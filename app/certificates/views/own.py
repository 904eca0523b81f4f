"""The holder's pages; the page of one certificate also serves its keepers."""

import uuid
from io import BytesIO
from typing import Any

from flask import current_app, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _

from app.accounts.queries import people_named
from app.certificates import policies, queries, statements
from app.certificates.claims import printed_claims
from app.certificates.life.queries import renewal_of
from app.certificates.rendering import Printed
from app.certificates.rules import DocumentKind, Snapshot
from app.certificates.views.blueprint import blueprint
from app.config import Settings
from app.core import access, clock
from app.core.access import require_actor
from app.core.addresses import public_root
from app.core.database import transaction
from app.core.errors import Conflict
from app.files import services as files


@blueprint.get("/certificates")
@access.signed_in
def list_own() -> str:
    """One's own certificates and letters, with what each waits for."""
    rows = queries.certificates_of(require_actor().person_id)
    return render_template("certificates/list_own.html", rows=rows, snapshots=_snapshots(rows))


def _snapshots(rows: list[queries.Held]) -> dict[uuid.UUID, Snapshot]:
    return {
        row.certificate.id: Snapshot.from_json(row.certificate.snapshot)
        for row in rows
        if row.certificate.snapshot
    }


@blueprint.get("/certificates/<uuid:certificate_id>")
@access.signed_in
def show(certificate_id: uuid.UUID) -> str:
    """One certificate: what it states, its file, how others verify it, and its history."""
    actor = require_actor()
    certificate = queries.get_certificate_for(actor, certificate_id)
    events = queries.history(certificate.id)
    snapshot = Snapshot.from_json(certificate.snapshot) if certificate.snapshot else None
    link = Printed(certificate.code or "", public_root()).qr(certificate.number or "") if snapshot else ""
    return render_template(
        "certificates/show.html",
        held=queries.held(certificate),
        certificate=certificate,
        snapshot=snapshot,
        claims=printed_claims(snapshot) if snapshot else [],
        draft=certificate.draft,
        events=events,
        people=people_named(event.actor_id for event in events),
        successor=queries.successor_of(certificate.id),
        verify_link=link,
        renewal=renewal_of(certificate, clock.day_of(clock.now())),
        is_holder=certificate.person_id == actor.person_id,
        can_change=policies.can_change(actor, certificate),
        can_keep=policies.can_keep(actor, certificate),
    )


@blueprint.post("/memberships/<uuid:membership_id>/<any(hours, transcript):kind>")
@access.signed_in
def request_document(membership_id: uuid.UUID, kind: str) -> Any:
    """Have a statement of hours or a transcript made; the same one again while nothing is new."""
    actor = require_actor()
    try:
        with transaction():
            made = statements.request_document(actor, membership_id, DocumentKind(kind), clock.now())
    except Conflict as conflict:
        if conflict.code != "nothing_completed":
            raise
        flash(_("No course of this programme has been completed yet, so there is nothing to state."), "error")
        return redirect(url_for("programmes.mine", membership_id=membership_id))
    if policies.can_see(actor, made):
        return redirect(url_for("certificates.show", certificate_id=made.id))
    flash(_("The document is issued; it is mailed to the person and stands among her certificates."), "ok")
    return redirect(url_for("programmes.mine", membership_id=membership_id))


@blueprint.get("/certificates/<uuid:certificate_id>/file")
@access.signed_in
def download(certificate_id: uuid.UUID) -> Any:
    """The PDF as it was issued; while it is not there yet, the page that says so."""
    certificate = queries.get_certificate_for(require_actor(), certificate_id)
    if certificate.file_digest is None or certificate.snapshot is None:
        return redirect(url_for("certificates.show", certificate_id=certificate_id))
    settings: Settings = current_app.extensions["academy.settings"]
    return send_file(
        BytesIO(files.read(settings.data_dir, certificate.file_digest)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=Snapshot.from_json(certificate.snapshot).file_name,
        etag=certificate.file_digest,
    )
