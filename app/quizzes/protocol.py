"""What an examinee's browser sends with each change, checked before anything is looked up."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from flask_babel import gettext as _

from app.core.errors import Invalid, TooLarge
from app.quizzes.models.attempts import EventKind

#: A case with several long essays; most changes are a hundred bytes.
MAX_BYTES: Final = 262_144
#: JavaScript's largest exact integer; a BigInteger column takes it.
MAX_SEQ: Final = 2**53 - 1
MAX_ORDINAL: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Sent:
    """One change, as a device tells it. Retries repeat every field."""

    item_id: uuid.UUID
    #: Names this change for ever: the same id with the same content gets the same receipt.
    client_id: uuid.UUID
    #: A browser profile; counts its changes in ``client_seq``.
    device_id: uuid.UUID
    client_seq: int
    #: The last ordinal whose effect the person saw before she made this change.
    base_ordinal: int
    kind: EventKind
    #: Still in the client's form; the question's type normalises it.
    response: Any
    #: Does the response use the paper's own names (a browser), or identifiers (our own programs)?
    aliased: bool = False


def read_sent(data: bytes) -> Sent:
    """Read a posted JSON document. Raises TooLarge, and Invalid for all that is not one change within bounds."""
    if len(data) > MAX_BYTES:
        raise too_large()
    try:
        values = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _malformed("JSON") from None
    if not isinstance(values, dict):
        raise _malformed("JSON")
    kind = values.get("kind", "answer")
    if kind not in {"answer", "flag"}:
        raise _malformed("kind")
    response = values.get("response")
    if response is not None and not isinstance(response, dict):
        raise _malformed("response")
    return Sent(
        item_id=_identifier(values, "item"),
        client_id=_identifier(values, "client_id"),
        device_id=_identifier(values, "device_id"),
        client_seq=_whole(values, "client_seq", 1, MAX_SEQ),
        base_ordinal=_whole(values, "base_ordinal", 0, MAX_ORDINAL),
        kind=EventKind(kind),
        response=response,
        aliased=True,
    )


@dataclass(frozen=True, slots=True)
class PostedPage:
    """What a posted paper says of the page it was."""

    #: The last ordinal whose effect the page showed.
    seen: int
    #: The positions of the questions on it; None: all.
    places: range | None


def read_page(posted: Mapping[str, str]) -> PostedPage:
    """Read the hidden fields of ``quizzes/paper.html``. Raises Invalid for what no page of ours said."""

    def number(name: str, default: str) -> int:
        text = posted.get(name, default)
        if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > MAX_ORDINAL:
            raise Invalid(_("This page is damaged. Reload it and answer again."))
        return int(text)

    first, last = number("first", "0"), number("last", "0")
    return PostedPage(number("seen", "0"), range(first, last + 1) if last else None)


def too_large() -> TooLarge:
    """For more than the longest answer: the page shows the words beside the question, where the answer stands."""
    return TooLarge(
        _("This answer is too long to be saved. Shorten it; what was saved before stays."), code="length"
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _malformed(field: str) -> Invalid:
    return Invalid(
        _("This answer could not be read (%(field)s). Reload the page and answer again.", field=field),
        code="malformed",
    )


def _identifier(values: dict[str, Any], name: str) -> uuid.UUID:
    value = values.get(name)
    if isinstance(value, str) and len(value) == 36:
        try:
            return uuid.UUID(value)
        except ValueError:
            pass
    raise _malformed(name)


def _whole(values: dict[str, Any], name: str, least: int, most: int) -> int:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _malformed(name)
    return value
