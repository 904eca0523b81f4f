"""What holds for every request: write mode, security headers, errors, the language switch, health."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.config import Settings
from app.core import access, carrying
from app.core.cookies import FormTokens
from app.core.database import db, is_busy, is_out_of_storage, set_write_mode
from app.core.errors import DomainError
from app.core.languages import COOKIE, LOCALES, told

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_SECURITY = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

csrf = FormTokens()
blueprint = Blueprint("core", __name__)


def wants_json() -> bool:
    """Does the client (our scripts, programs) expect JSON rather than a page?"""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def safe_target(target: str | None, fallback: str) -> str:
    """An address on this site to go to next; anything else gives the fallback."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


@blueprint.post("/language")
@access.public
def set_language() -> BaseResponse:
    """Switch the interface's language in this browser."""
    response = redirect(safe_target(request.form.get("next"), url_for("home.index")))
    locale = request.form.get("locale", "")
    if locale in LOCALES:
        response.set_cookie(
            COOKIE, locale, max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


@blueprint.get("/healthz")
@access.public
def health() -> BaseResponse:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access.public
def ready() -> tuple[BaseResponse, int]:
    """The process can serve: the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except OperationalError:
        return jsonify(status="database unreachable"), 503
    return jsonify(status="ready"), 200


@blueprint.get("/styleguide")
@access.public
def styleguide() -> str:
    """Every part of the house on one page; not in production."""
    settings: Settings = current_app.extensions["academy.settings"]
    if settings.production:
        abort(404)
    return render_template("styleguide.html")


def problem(status: int, message: str, code: str = "", **more: Any) -> Response:
    """A JSON problem document (RFC 9457)."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": message, "code": code, **more}
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")


def _error_page(status: int, message: str = "", code: str = "", **more: Any) -> tuple[str, int] | Response:
    if wants_json():
        return problem(status, message, code, **more)
    return render_template(
        [f"errors/{code}.html" if code else "", f"errors/{status}.html", "errors/error.html"],
        status=status,
        message=message,
    ), status


def _decide_write_mode(app: Flask) -> None:
    rule = access.rule_of(app.view_functions.get(request.endpoint or ""))
    safe = request.method in access.SAFE_METHODS
    set_write_mode(not safe and not (rule and rule.reads_first), alone=safe)


def _refuse_nul() -> None:
    """No address of ours has a NUL, and PostgreSQL takes none in what is searched for."""
    if b"%00" in request.query_string or "\x00" in request.path:
        abort(400)


def _secure(response: Response) -> Response:
    headers, said = response.headers, {name.lower() for name, _value in response.headers}
    for name, value in _SECURITY:
        if name.lower() not in said:
            headers.add(name, value)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "cache-control" not in said and request.endpoint != "static":
        headers.add("Cache-Control", "private, no-store")
    return response


def _install_error_handlers(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> Any:
        db.session.rollback()
        return _error_page(error.status, told(error), error.code if wants_json() else "", **error.details)

    @app.errorhandler(CSRFError)
    def _expired(_error: CSRFError) -> Any:
        if (page := carrying.page()) is not None:
            return page
        return _error_page(400, _("This form has expired. Reload the page and send it again."), "csrf")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return _error_page(error.code)

    @app.errorhandler(OperationalError)
    def _busy(error: OperationalError) -> Any:
        db.session.rollback()
        if is_out_of_storage(error):
            app.logger.critical("the database cannot write: %s", error.orig)
            told = _("The server cannot store anything at the moment. What you sent was not saved; send it again.")
            page, pause = _error_page(503, told, "storage"), 10
        elif is_busy(error):
            page, pause = _error_page(503), 2
        else:
            raise error
        response = app.make_response(page)
        response.headers["Retry-After"] = str(pause)
        return response


def init_web(app: Flask) -> None:
    """Install the request-wide behaviour; must come before anything that reads the database."""
    app.register_blueprint(blueprint)
    app.before_request(_refuse_nul)
    app.before_request(lambda: _decide_write_mode(app))
    app.teardown_request(lambda _error: set_write_mode(False))
    csrf.init_app(app)
    app.after_request(_secure)
    _install_error_handlers(app)
