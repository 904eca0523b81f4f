"""The composition root: settings, extensions, blueprints, handlers. Nothing else imports views."""

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from app.accounts.identity import actor_of_request, init_identity
from app.config import PROJECT, Settings, load_settings
from app.core.access import init_access
from app.core.assets import init_assets
from app.core.carrying import init_carrying
from app.core.cli import init_commands
from app.core.cookies import Sessions
from app.core.database import init_database
from app.core.languages import init_languages
from app.core.navigation import init_navigation
from app.core.posted import FormRequest
from app.core.web import init_web

#: Packages in layer order. Of each, where present: models, views.blueprint(s), tasks, handlers and cli are loaded.
PACKAGES = (
    "audit",
    "jobs",
    "mail",
    "organisations",
    "accounts",
    "library",
    "quizzes",
    "quizzes.accommodations",
    "quizzes.analysis",
    "quizzes.interchange",
    "quizzes.invigilation",
    "quizzes.marking",
    "quizzes.regrading",
    "quizzes.verification",
    "quizzes.releases",
    "courses",
    "courses.studying",
    "courses.authoring",
    "courses.uploads",
    "courses.reviewing",
    "courses.lawmoves",
    "courses.editing",
    "courses.packages",
    "courses.previewing",
    "cohorts",
    "certificates",
    "certificates.decisions",
    "certificates.keys",
    "certificates.ledger",
    "certificates.credentials",
    "certificates.life",
    "certificates.styles",
    "experts",
    "home",
    "demo",
)


class Academy(Flask):
    """Flask, whose views and hooks are plain functions: none is looked at for being a coroutine."""

    request_class = FormRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def _secret(settings: Settings) -> str:
    """The configured key, or outside production one made once and kept in DATA_DIR."""
    if configured := settings.secret_key.get_secret_value():
        return configured
    path = settings.data_dir / "secret-key"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=settings.data_dir, prefix=".secret-key-")
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was quicker: its key is the one
            os.link(name, path)
        Path(name).unlink()
    return path.read_text()


def _load_packages(app: Flask) -> None:
    for package in PACKAGES:
        folder = PROJECT.joinpath("app", *package.split("."))
        for part in ("models", "views", "tasks", "handlers", "cli", "context"):
            if not ((folder / f"{part}.py").exists() or (folder / part).is_dir()):
                continue
            module: Any = import_module(f"app.{package}.{part}")
            for blueprint in getattr(module, "blueprints", ()):
                app.register_blueprint(blueprint)
            if hasattr(module, "init_app"):
                module.init_app(app)


def create_app(**overrides: Any) -> Flask:
    """Build the application. Keyword arguments override settings of the environment (tests, tools)."""
    settings = load_settings(**overrides)
    app = Academy(__name__.split(".", maxsplit=1)[0], instance_path=str(settings.data_dir.absolute()))
    app.extensions["academy.settings"] = settings
    app.extensions["academy.create_app"] = create_app
    app.config.update(
        SECRET_KEY=_secret(settings),
        SECRET_KEY_FALLBACKS=settings.secret_key_fallbacks,
        MAX_CONTENT_LENGTH=settings.upload_limit_mib * 1024 * 1024,
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: an examination form must not expire
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=3,  # a twentieth larger than one level more, in half the time
        COMPRESS_LEVEL=3,  # gzip's: 6 takes more than three times as long
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,  # a page is never stored, so nobody asks whether it changed
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.session_interface = Sessions(app)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    init_web(app)
    init_database(app, settings)
    init_identity(app)
    init_access(app, actor_of_request)
    init_carrying(app)
    init_languages(app)
    init_navigation(app)
    Compress(app)
    init_commands(app)
    _load_packages(app)
    init_assets(app, settings)
    believe_proxies(app, settings.proxy_hops)
    return app


def believe_proxies(app: Flask, hops: int) -> None:
    """Take address, scheme and host of a request from the headers of so many proxies in front; none by default."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
