"""Whole addresses of our pages, for mail, certificates and QR codes, inside and outside a request."""

from typing import Any

from flask import current_app, has_request_context, request

from app.config import Settings


def public_root() -> str:
    """PUBLIC_URL; in development, when none is set, the address by which the page was asked for."""
    settings: Settings = current_app.extensions["academy.settings"]
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return request.host_url.rstrip("/") if has_request_context() else "http://localhost:8000"


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{public_root()}{path}"
