"""What holds for every request: health, headers, errors, the language switch, denial by default."""

import json
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core import access
from app.core.database import db, transaction
from app.core.errors import Conflict
from app.core.web import safe_target
from app.factory import create_app
from tests.support.pages import Visitors


def test_health_and_readiness(visit: Visitors) -> None:
    assert visit().get("/healthz").get_json() == {"status": "ok"}
    assert visit().get("/readyz").get_json() == {"status": "ready"}


def test_not_ready_while_the_database_is_away(visit: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = visit()

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(db.session, "execute", fail)
    assert browser.get("/readyz", 503).get_json() == {"status": "database unreachable"}


def test_every_answer_carries_the_policy(visit: Visitors) -> None:
    headers = visit().get("/sign-in").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_form_of_countless_fields_is_not_read(visit: Visitors) -> None:
    """From anybody, signed in or not."""
    client = visit().client
    for fields, status in ((10_000, 400), (10_001, 413)):
        data = "&".join(f"f{number}=" for number in range(fields))
        answer = client.post("/sign-in", data=data, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == status


def test_secure_answers_ask_to_stay_secure(visit: Visitors) -> None:
    answer = visit().get("/sign-in", base_url="https://academy.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_an_unknown_address_is_a_page_or_a_problem(visit: Visitors) -> None:
    visit().get("/no-such-page", 404)
    problem = visit().get("/no-such-page", 404, headers={"Accept": "application/json"})
    assert problem.mimetype == "application/problem+json"
    assert json.loads(problem.data)["status"] == 404


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/account?x=1", "/account?x=1"),
        ("", "/home"),
        (None, "/home"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("account", "/home"),
    ],
)
def test_only_addresses_of_this_site_are_followed(target: str | None, safe: str) -> None:
    assert safe_target(target, "/home") == safe


def test_a_stale_form_says_so(visit: Visitors) -> None:
    browser = visit()
    answer = browser.client.post("/language", data={"locale": "en"})
    assert answer.status_code == 400
    assert "表单" in answer.get_data(as_text=True)


@pytest.fixture
def planted(tmp_path: Path, database_url: str) -> Flask:
    """An application with views that a test plants."""
    return create_app(app_env="test", data_dir=tmp_path, database_url=database_url)


def test_a_view_without_a_rule_is_denied(planted: Flask) -> None:
    planted.add_url_rule("/planted", "planted", lambda: "open")
    assert planted.test_client().get("/planted").status_code == 403


def test_a_domain_error_becomes_its_status(planted: Flask) -> None:
    @access.public
    def refuse() -> str:
        with transaction():
            db.session.execute(text("SELECT 1"))
            raise Conflict("somebody was quicker", code="quicker")

    planted.add_url_rule("/planted", "planted", refuse)
    answer = planted.test_client().get("/planted", headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "quicker"
    assert answer.get_json()["detail"] == "somebody was quicker"


def test_a_locked_database_asks_to_come_again(planted: Flask) -> None:
    @access.public
    def busy() -> str:
        reason = sqlite3.OperationalError("in whatever words")
        reason.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
        raise OperationalError("BEGIN", {}, reason)

    planted.add_url_rule("/planted", "planted", busy)
    answer = planted.test_client().get("/planted", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
