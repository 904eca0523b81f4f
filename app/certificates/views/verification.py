"""The public page on which anybody verifies a document."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from flask import current_app, render_template, request

from app.certificates import verification
from app.certificates.forms import VerifyFileForm, VerifyForm
from app.certificates.verification import Finding
from app.certificates.views.blueprint import blueprint
from app.core import access, clock
from app.core.addresses import public_root
from app.core.database import release, transaction


@blueprint.route("/verify", methods=["GET", "POST"])
@access.public_read_first
def verify() -> Any:
    """By the file, by number and code, or by the QR code, whose secret stays in the fragment until it is posted.

    Posted, so that the code stands in no address, log or history. Counted before anything is looked up. The
    file is read within the bounds of ``proof.pdf``, and forgotten.
    """
    by_file = "document" in request.files
    form = VerifyForm(formdata=None) if by_file else VerifyForm()
    file_form = VerifyFileForm() if by_file else VerifyFileForm(formdata=None)
    try:
        finding, status = _find_by_file(file_form) if by_file else _find_by_number(form)
    finally:
        request.close()  # a larger upload lies in a temporary file until now
    page = render_template(
        "certificates/verify.html", form=form, file_form=file_form, finding=finding, now=clock.now()
    )
    return page, status


Found = tuple[Finding | None, int]


def _find_by_file(form: VerifyFileForm) -> Found:
    if not form.validate_on_submit():
        return None, 422
    now = _counted()
    finding = verification.verify_file(form.document.data.read(), public_root(), now)
    return (verification.on_day(finding, form.day_for_file.data, now) if form.day_for_file.data else finding), 200


def _find_by_number(form: VerifyForm) -> Found:
    if not form.validate_on_submit():
        return None, 422 if form.is_submitted() else 200
    now = _counted()
    finding = verification.verify(form.number.data, form.code.data or "", public_root(), now)
    return (verification.on_day(finding, form.day.data, now) if form.day.data else finding), 200


def _counted() -> datetime:
    """Count this lookup; when it happened. Raises TooMany."""
    now = clock.now()
    release()  # who asks, and in which language, may have been read
    with transaction():
        verification.count_lookup(_visitor(), now)
    return now


def _visitor() -> str:
    """A keyed hash: counts need no readable addresses."""
    network = verification.visitor_network(request.remote_addr or "")
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), network.encode(), hashlib.sha256).hexdigest()[
        :32
    ]
