"""Signatures that a process has seen: what is remembered, and what is looked at every time."""

import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask, session
from itsdangerous import URLSafeTimedSerializer

from app.core.identifiers import new_id
from tests.support.cast import Cast, make_login, signed_in_headers


@pytest.fixture
def headers(app: Flask, cast: Cast) -> dict[str, str]:
    """A trainee's cookie and form token, sent by hand."""
    return signed_in_headers(app, make_login(cast.trainee).id)


def status(app: Flask, headers: dict[str, str], **options: Any) -> int:
    """What a JSON request comes to: 400 for its token, 422 where it was read as far as its content."""
    client = app.test_client(use_cookies=False)
    path = "/attempts/01890a5d-ac96-774b-bcce-b302099a8057/answers"
    return client.post(path, json={}, headers=headers, **options).status_code


def test_a_token_counts_again_only_with_its_own_session(app: Flask, headers: dict[str, str]) -> None:
    assert [status(app, headers) for _ in range(2)] == [422, 422]
    assert status(app, {**headers, "X-CSRFToken": headers["X-CSRFToken"] + "x"}) == 400
    strange = signed_in_headers(app, new_id())["X-CSRFToken"]
    assert status(app, {**headers, "X-CSRFToken": strange}) == 400
    assert status(app, {"X-CSRFToken": headers["X-CSRFToken"]}) == 400


def test_over_https_a_known_token_still_needs_a_page_of_ours(app: Flask, headers: dict[str, str]) -> None:
    here = {"base_url": "https://academy.example"}
    ours = {**headers, "Referer": "https://academy.example/attempts"}
    assert [status(app, ours, **here) for _ in range(2)] == [422, 422]
    assert status(app, {**headers, "Referer": "https://elsewhere.example/"}, **here) == 400
    assert status(app, headers, **here) == 400


def test_a_remembered_cookie_ends_with_its_life_and_another_key_s_is_none(
    app: Flask, headers: dict[str, str]
) -> None:
    assert [status(app, headers) for _ in range(2)] == [422, 422]
    later = time.time() + timedelta(days=32).total_seconds()
    with patch("itsdangerous.timed.time.time", return_value=later):
        assert status(app, headers) == 400  # no session, hence no token in it
    forged = URLSafeTimedSerializer("another key", salt="cookie-session").dumps({"_user_id": "x"})
    assert status(app, {**headers, "Cookie": f"{app.config['SESSION_COOKIE_NAME']}={forged}"}) == 400


def test_what_a_request_changes_in_its_session_stays_its_own(app: Flask, headers: dict[str, str]) -> None:
    with app.test_request_context(headers=headers):
        session["csrf_token"] = "changed"
    assert status(app, headers) == 422
