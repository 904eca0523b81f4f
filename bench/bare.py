"""What a request costs without the platform: two plain Flask endpoints beside the product, in the same processes.

The bare application is a Flask application with the product's templates, addresses and translations and none of
its hooks: nothing runs before or after a view, nobody is signed in (its clients send no cookie), no access is
checked, nothing is compressed. ``GET /bare/lesson`` renders the lesson page's template with the values that the
product's own view gave it, without a statement. ``POST /bare/save`` reads JSON, commits one row with Core through
the product's own engine, and answers JSON. Only the benchmarks serve this module.
"""

import os
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, jsonify, request, template_rendered
from flask.typing import ResponseReturnValue
from sqlalchemy import Column, DateTime, MetaData, Table, Uuid, insert

from app.core import clock
from app.core.database import db, write_mode
from app.core.identifiers import new_id
from app.core.types import Json
from app.factory import create_app

#: The lesson that the product is asked for, and the cookie of its reader.
LESSON, COOKIE = "BENCH_LESSON", "BENCH_COOKIE"

saves = Table(
    "bench_saves",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("body", Json, nullable=False),
)
_KEEP = insert(saves)


def _without_hooks() -> Flask:
    """An application like the product's, of which only templates, addresses and translations are left."""
    app = create_app()
    for hooks in (
        app.before_request_funcs,
        app.after_request_funcs,
        app.teardown_request_funcs,
        app.template_context_processors,
        app.error_handler_spec,
    ):
        hooks.clear()
    app.teardown_appcontext_funcs.clear()
    app.extensions["babel"].locale_selector = lambda: "zh_Hans"
    app.extensions["babel"].timezone_selector = None
    app.jinja_env.globals["csrf_token"] = lambda: "no session, no token"
    return app


class Bare:
    """Serves the two endpoints from the bare application and everything else from the product."""

    def __init__(self) -> None:
        self.product = create_app()
        self.bare = _without_hooks()
        self._add_lesson()
        self._add_save()

    def _add_lesson(self) -> None:
        template, values = self._seen_once()
        name = template.name

        @self.bare.get("/bare/lesson")
        def bare_lesson() -> ResponseReturnValue:
            return self.bare.jinja_env.get_template(name).render(values)

    def _add_save(self) -> None:
        with self.product.app_context():
            engine = db.engine

        @self.bare.post("/bare/save")
        def bare_save() -> Response:
            row = {"id": new_id(), "at": clock.now(), "body": request.get_json()}
            with write_mode(), engine.begin() as connection:
                connection.execute(_KEEP, row)
            return jsonify(saved=True)

    def _seen_once(self) -> tuple[Any, dict[str, Any]]:
        """Template and values of the lesson page, as the product's view renders it."""
        seen: list[tuple[Any, dict[str, Any]]] = []

        def note(_sender: Any, template: Any, context: dict[str, Any], **_more: Any) -> None:
            seen.append((template, context))

        with template_rendered.connected_to(note, self.product):
            self.product.test_client(use_cookies=False).get(
                os.environ[LESSON], headers={"Cookie": os.environ[COOKIE]}
            )
        return seen[-1]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = self.bare if environ["PATH_INFO"].startswith("/bare/") else self.product
        return app(environ, start_response)
