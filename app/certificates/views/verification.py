"""The public page on which anybody verifies a document."""

import hashlib
import hmac
from typing import Any

from flask import current_app, render_template, request

from app.certificates import verification
from app.certificates.forms import VerifyForm
from app.certificates.views.blueprint import blueprint
from app.core import access, clock
from app.core.database import transaction


@blueprint.route("/verify", methods=["GET", "POST"])
@access.public_read_first
def verify() -> Any:
    """By number and code, or by the QR code, whose secret stays in the fragment until the page sends it.

    Posted, so that the code stands in no address, log or history. Counted before anything is looked up.
    """
    form = VerifyForm()
    if not form.validate_on_submit():
        return render_template(
            "certificates/verify.html", form=form, finding=None
        ), 422 if form.is_submitted() else 200
    now = clock.now()
    with transaction():
        verification.count_lookup(_visitor(), now)
    finding = verification.verify(form.number.data, form.code.data or "", now)
    return render_template("certificates/verify.html", form=form, finding=finding, now=now)


def _visitor() -> str:
    """A keyed hash: counts need no readable addresses."""
    network = verification.visitor_network(request.remote_addr or "")
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), network.encode(), hashlib.sha256).hexdigest()[
        :32
    ]
