"""The development mail page: what would have been sent. Not there in production."""

import uuid

from flask import Blueprint, Flask, render_template

from app.config import Settings
from app.core import access
from app.mail.queries import get_mail, list_mails

blueprint = Blueprint("mail", __name__, url_prefix="/development/mail")


@blueprint.get("/")
@access.public
def list_outbox() -> str:
    """The newest messages of the outbox."""
    return render_template("mail/list.html", mails=list_mails())


@blueprint.get("/<uuid:mail_id>")
@access.public
def show_mail(mail_id: uuid.UUID) -> str:
    """One message with its links."""
    return render_template("mail/show.html", mail=get_mail(mail_id))


def init_app(app: Flask) -> None:
    """Mail holds links that sign people in: only a development site shows it."""
    settings: Settings = app.extensions["academy.settings"]
    if not settings.production:
        app.register_blueprint(blueprint)
