"""A browser for the demonstration journey: it opens pages, fills forms and follows redirects, over HTTP."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_FAULT = re.compile(r'<li><a href="#[^>]*>([^<]+)</a>')
_TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


class JourneyStopped(RuntimeError):
    """A page did not answer as the story needs; the message says which and how."""


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self._client.set_cookie("language", "zh_Hans")

    def get(self, path: str) -> TestResponse:
        """Open a page. Raises JourneyStopped for anything but 200."""
        return self._expect(self._client.get(path, follow_redirects=True), path, 200)

    def submit(self, path: str, data: dict[str, Any] | None = None, *, form_at: str = "") -> TestResponse:
        """Send the form of a page (``form_at``, or the path itself) and return the answer.

        Raises JourneyStopped unless the server redirects or sends a file.
        """
        token = self.token(form_at or path)
        response = self._client.post(path, data={"csrf_token": token, **(data or {})})
        if response.status_code == 200 and response.mimetype != "text/html":
            return response
        return response if response.status_code == 303 else self._expect(response, path, 302)

    def post_form(self, path: str, data: dict[str, Any]) -> str:
        """Send a form that answers with a page; returns the page."""
        response = self._client.post(path, data={"csrf_token": self.token(path), **data})
        return self._expect(response, path, 200).get_data(as_text=True)

    def post_json(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        """Send JSON as the page's script does. Raises JourneyStopped unless it is taken."""
        response = self._client.post(path, json=body, headers={"X-CSRFToken": token})
        answer: dict[str, Any] = self._expect(response, path, 200).get_json()
        return answer

    def token(self, path: str) -> str:
        """The CSRF token of a page's form."""
        text = self.get(path).get_data(as_text=True)
        found = _TOKEN.search(text)
        if found is None:
            raise JourneyStopped(f"{path}: no form")
        return found[1]

    @staticmethod
    def _expect(response: TestResponse, path: str, status: int) -> TestResponse:
        if response.status_code != status:
            faults = "; ".join(_FAULT.findall(response.get_data(as_text=True)))
            raise JourneyStopped(f"{path}: answered {response.status_code}, expected {status}. {faults}")
        return response
