"""The privacy notice, and consent to it."""

import uuid
from datetime import timedelta
from typing import Any

from flask import abort, redirect, render_template, request, session, url_for

from app.accounts import privacy, queries, services
from app.accounts.forms import ConsentForm
from app.accounts.identity import browser, sign_in_browser
from app.accounts.views.blueprint import blueprint
from app.accounts.views.sign_in import PENDING
from app.core import access, clock
from app.core.database import transaction
from app.core.languages import locale_name
from app.core.web import safe_target

#: How long the proven password waits for the consent.
_PATIENCE = timedelta(minutes=15)


@blueprint.get("/privacy")
@access.public
def show_privacy() -> str:
    """The notice in force, or an older version by ``?version=``."""
    version = request.args.get("version", privacy.CURRENT)
    if version not in privacy.VERSIONS:
        abort(404)
    return render_template(
        "accounts/privacy.html", version=version, versions=privacy.VERSIONS, text=_text(version)
    )


def _text(version: str) -> str:
    return f"accounts/privacy/{version}.{'en' if locale_name() == 'en' else 'zh'}.html"


def _pending() -> tuple[uuid.UUID, bool] | None:
    """Who has proven her password in this browser and not yet consented."""
    waiting = session.get(PENDING)
    if not waiting or clock.now().timestamp() - waiting[2] > _PATIENCE.total_seconds():
        return None
    return uuid.UUID(waiting[0]), bool(waiting[1])


@blueprint.route("/privacy/consent", methods=["GET", "POST"])
@access.public
def give_consent() -> Any:
    """Between the password and the first page: consent to a notice that is new to this person."""
    target = safe_target(request.values.get("next"), url_for("home.index"))
    pending = _pending()
    if pending is None:
        return redirect(url_for("accounts.sign_in", next=target))
    form = ConsentForm()
    if not form.validate_on_submit():
        before = queries.consent_of(pending[0])
        page = render_template(
            "accounts/consent.html", form=form, before=before, text=_text(privacy.CURRENT), next=target
        )
        return page, 422 if form.is_submitted() else 200
    now = clock.now()
    with transaction():
        login = services.begin_session(pending[0], **browser(), keep=pending[1], now=now)
        person = queries.get_person(pending[0])
        services.record_consent(person, privacy.CURRENT, locale_name(), now)
    sign_in_browser(login, now)
    return redirect(target)
