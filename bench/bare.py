"""What a request costs without the platform: the product with two bare endpoints beside it, in the same processes.

``GET /bare/lesson`` renders the lesson page's template with the values that the product's own view gave it:
no session is read, nothing is asked of the database. ``POST /bare/save`` commits one row through the product's own
engine with Core. Only the benchmarks serve this module.
"""

import os
from collections.abc import Iterable
from typing import Any

from flask import template_rendered
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, insert
from werkzeug.wrappers import Response

from app.core import clock
from app.core.database import db, write_mode
from app.core.identifiers import new_id
from app.factory import create_app

#: The lesson that the product is asked for, and the cookie of its reader.
LESSON, COOKIE = "BENCH_LESSON", "BENCH_COOKIE"

saves = Table(
    "bench_saves",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("body", Text, nullable=False),
)
_KEEP = insert(saves)


class Bare:
    """The two endpoints; every other request is the product's."""

    def __init__(self) -> None:
        self.product = create_app()
        with self.product.app_context():
            self.engine = db.engine
        self.template, self.values = self._seen_once()
        self.endpoints = {"/bare/lesson": self._page, "/bare/save": self._save}

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

    def _page(self, environ: dict[str, Any]) -> Response:
        with self.product.request_context(environ):
            return Response(self.template.render(self.values), content_type="text/html; charset=utf-8")

    def _save(self, environ: dict[str, Any]) -> Response:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        with write_mode(), self.engine.begin() as connection:
            connection.execute(_KEEP, {"id": new_id(), "at": clock.now(), "body": body.decode()})
        return Response('{"saved":true}', content_type="application/json")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        endpoint = self.endpoints.get(environ["PATH_INFO"])
        if endpoint is None:
            return self.product(environ, start_response)
        return endpoint(environ)(environ, start_response)
