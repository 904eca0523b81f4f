"""Where an attempt came from: the packages above say where “back” leads."""

import uuid
from collections.abc import Callable

ContextUrl = Callable[[uuid.UUID], str]

_urls: dict[str, ContextUrl] = {}


def context_url(context_type: str, make: ContextUrl) -> None:
    """Register how the address of a context (an enrolment, a membership …) is made from its identifier."""
    _urls[context_type] = make


def url_of_context(context_type: str, context_id: uuid.UUID) -> str:
    """The page an attempt belongs to; the first page when nobody registered one."""
    make = _urls.get(context_type)
    return make(context_id) if make else "/"
