"""What one-time links open: an account's beginning, a new password."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts import privacy, queries, services
from app.accounts.forms import ForgottenForm, InvitationForm, NewPassword, personal_words
from app.accounts.identity import browser, sign_in_browser
from app.accounts.models import LinkPurpose, Person, PersonalLink
from app.accounts.passwords import current_passwords
from app.accounts.views.blueprint import blueprint
from app.core import access, clock
from app.core.database import release, transaction
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.languages import locale_name


def _link(token: str, purpose: LinkPurpose) -> PersonalLink:
    """The link behind a token, used or not. Raises NotFound."""
    link = queries.find_link(services.digest_of(token), purpose)
    if link is None:
        raise NotFound
    return link


def _ended(purpose: LinkPurpose, *, used: bool) -> tuple[str, int]:
    return render_template("accounts/link_ended.html", purpose=purpose, used=used), 410


def _words_of(person: Person) -> list[str]:
    return personal_words(person.name, person.latin_name, person.email, person.student_number)


@blueprint.route("/invitations/<string:token>", methods=["GET", "POST"])
@access.public_read_first
def show_invitation(token: str) -> Any:
    """An account begins: choose a password, consent, and be signed in."""
    now = clock.now()
    link = _link(token, LinkPurpose.INVITATION)
    if link.used_at is not None or link.expires_at <= now:
        return _ended(LinkPurpose.INVITATION, used=link.used_at is not None)
    person = queries.get_person(link.person_id)
    form = InvitationForm()
    form.personal = _words_of(person)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("accounts/invitation.html", form=form, person=person), status
    release()
    hashed = current_passwords().hash(form.password.data)
    try:
        with transaction():
            person = services.accept_invitation(
                token,
                password_hash=hashed,
                privacy_version=privacy.CURRENT,
                locale=locale_name(),
                now=now,
            )
            login = services.begin_session(person.id, **browser(), keep=False, now=now)
    except Conflict:
        return _ended(LinkPurpose.INVITATION, used=True)
    sign_in_browser(login, now)
    flash(_("Your account is ready."), "ok")
    return redirect(url_for("accounts.names"))


@blueprint.route("/password/forgotten", methods=["GET", "POST"])
@access.public
def forgotten() -> Any:
    """Ask for a reset link; the answer is the same whoever asks."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form), 422 if form.is_submitted() else 200
    with transaction():
        services.ask_for_reset(form.email.data, request.remote_addr or "", clock.now())
    return render_template("accounts/forgotten_sent.html", email=form.email.data)


@blueprint.route("/password/reset/<string:token>", methods=["GET", "POST"])
@access.public_read_first
def show_reset(token: str) -> Any:
    """A new password through a mailed link."""
    now = clock.now()
    link = _link(token, LinkPurpose.RESET)
    if link.used_at is not None or link.expires_at <= now:
        return _ended(LinkPurpose.RESET, used=link.used_at is not None)
    person = queries.get_person(link.person_id)
    form = NewPassword()
    form.personal = _words_of(person)
    if not form.validate_on_submit():
        return render_template("accounts/reset.html", form=form), 422 if form.is_submitted() else 200
    release()
    hashed = current_passwords().hash(form.password.data)
    try:
        with transaction():
            services.reset_password(token, password_hash=hashed, now=now)
    except (Conflict, NotAllowed):
        return _ended(LinkPurpose.RESET, used=True)
    flash(_("Your password is changed. Sign in with the new one."), "ok")
    return redirect(url_for("accounts.sign_in"))
