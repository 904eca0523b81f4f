"""Forms of the editor as a browser fills and sends them."""

from typing import Any

from lxml import html
from werkzeug.test import TestResponse

from tests.support.pages import Browser


def values_of(page: html.HtmlElement, form: str = "form[data-tree]") -> dict[str, Any]:
    """What a form would send as it stands."""
    values: dict[str, Any] = {}
    for field in page.cssselect(f"{form} input[name], {form} select[name], {form} textarea[name]"):
        name, kind = str(field.get("name")), field.get("type")
        if kind in {"checkbox", "radio"} and field.get("checked") is None:
            continue
        if field.tag == "select":
            chosen = field.cssselect("option[selected]") or field.cssselect("option")
            value = chosen[0].get("value")
        elif field.tag == "textarea":
            value = (field.text or "").removeprefix("\n")
        else:
            value = field.get("value", "")
        if kind == "checkbox":
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


def post(browser: Browser, path: str, data: dict[str, Any] | None = None, status: int = 303) -> TestResponse:
    """Send a form; its token may come from any page."""
    sent = {name: value for name, value in (data or {}).items() if name != "csrf_token"}
    return browser.submit(path, sent, status, form_at="/authoring")


def post_page(browser: Browser, path: str, data: dict[str, Any]) -> html.HtmlElement:
    """The page that comes back."""
    return html.document_fromstring(post(browser, path, data, 200).get_data(as_text=True))
