"""A browser for tests: checks every page it gets, follows forms as a person would."""

from secrets import token_hex
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from lxml import html
from werkzeug.test import TestResponse

from app.accounts.models import Person
from app.core.database import release
from tests.support.cast import make_login


def check_page(document: html.HtmlElement, path: str) -> None:
    """What holds for every page: a title, one h1, a language, labelled inputs, CSRF in every posting form."""
    assert (document.findtext(".//title") or "").strip(), f"{path}: no title"
    assert len(document.cssselect("h1")) == 1, f"{path}: {len(document.cssselect('h1'))} h1 elements"
    assert document.get("lang") in {"zh-CN", "en"}, f"{path}: no language"
    labelled = {label.get("for") for label in document.cssselect("label")}
    for field in document.cssselect("input, select, textarea"):
        if field.get("type") in {"hidden", "submit", "button"}:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled
        assert named or field.xpath("ancestor::label"), f"{path}: {field.get('name')} has no label"
    for form in document.cssselect("form"):
        if (form.get("method") or "get").lower() == "post":
            assert form.cssselect("input[name=csrf_token]"), f"{path}: a form without a CSRF token"
    assert not document.cssselect("[style], style, script:not([src]):not([type='application/json'])"), (
        f"{path}: inline style or script"
    )


def words(document: html.HtmlElement) -> str:
    """What the page says, without its frame; single spaces."""
    return " ".join(document.cssselect("main")[0].text_content().split())


class _Client(FlaskClient):
    """Each request gets an application context of its own, as a server gives it: nothing is remembered from
    the last one, and its transaction ends with it. (Flask would reuse the test's own, which stays open.)"""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **options)


class Browser:
    """One person's browser (or a stranger's)."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200, **options: Any) -> TestResponse:
        """Fetch a page, check its status and, when it is HTML, everything every page must have."""
        response = self.client.get(path, **options)
        assert response.status_code == status, f"{path}: {response.status_code}, expected {status}"
        if response.mimetype == "text/html" and response.status_code != 302 and response.data:
            check_page(html.document_fromstring(response.get_data(as_text=True)), path)
        return response

    def page(self, path: str, status: int = 200) -> html.HtmlElement:
        """The parsed page."""
        return html.document_fromstring(self.get(path, status).get_data(as_text=True))

    def token(self, path: str) -> str:
        """The CSRF token of the first posting form on a page."""
        return str(self.page(path).cssselect("input[name=csrf_token]")[0].get("value"))

    def own_token(self) -> str:
        """A CSRF token without a page: for tests that ask nothing of the page, a great many times."""
        with self.client.session_transaction() as session:
            value = session.setdefault("csrf_token", token_hex())
        key = self.client.application.secret_key
        assert key is not None
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(value))

    def submit(self, path: str, data: dict[str, Any], status: int = 302, *, form_at: str = "") -> TestResponse:
        """Post a form with the token of the page it stands on (``form_at``, or the path itself)."""
        token = self.token(form_at or path)
        response = self.client.post(path, data={"csrf_token": token, **data})
        assert response.status_code == status, f"{path}: {response.status_code}, expected {status}"
        if response.mimetype == "text/html" and status not in {302, 303}:
            check_page(html.document_fromstring(response.get_data(as_text=True)), path)
        return response


class Visitors:
    """Makes browsers."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, person: Person | None = None, locale: str = "zh_Hans") -> Browser:
        client = _Client(self.app, self.app.response_class, use_cookies=True)
        client.set_cookie("language", locale)
        release()  # what the test itself has read
        if person is not None:
            login = make_login(person)
            with client.session_transaction() as session:
                session["_user_id"] = str(login.id)
                session["_fresh"] = True
        return Browser(client)
