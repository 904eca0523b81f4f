"""The file of receipts that a candidate downloads: written here, and read back with distrust. Pure."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from app.core.digests import canonical
from app.quizzes.receipts import Receipt

FORMAT: Final = "academy-receipts-1"
#: A long paper with every answer changed a hundred times stays far below.
MAX_BYTES: Final = 64 * 2**20
MAX_ORDINAL: Final = 2**31 - 1
_WHOLE: Final = {"format", "attempt", "head", "receipts"}


class Damaged(ValueError):
    """This is no file of receipts; the message says in one line why."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One receipt of a file with the answer it is about; both are None once erased."""

    receipt: Receipt
    answer: dict[str, Any] | None
    salt: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A file of receipts. ``claims`` are as they stand in it: None is one that cannot be read."""

    attempt_id: uuid.UUID
    head: int
    claims: tuple[Claim | None, ...]


def write(attempt_id: uuid.UUID, head: int, claims: Iterable[Claim]) -> str:
    """The file's text."""
    document = {
        "format": FORMAT,
        "attempt": str(attempt_id),
        "head": head,
        "receipts": [_as_json(claim) for claim in claims],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _as_json(claim: Claim) -> dict[str, Any]:
    return {**claim.receipt.as_json(), "answer": claim.answer, "salt": claim.salt}


def read(data: bytes) -> Document:
    """Read a file back. Raises Damaged."""
    if len(data) > MAX_BYTES:
        raise Damaged("larger than any file of receipts")
    try:
        values = json.loads(data, parse_constant=_no_constant, object_pairs_hook=_no_twins)
        canonical(values)  # half a surrogate pair is no text, and could not have been signed
    except (ValueError, RecursionError):
        raise Damaged("not JSON as a file of receipts has it; it was cut off or changed") from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise Damaged(f"not a file of receipts (“format” is not “{FORMAT}”)")
    if set(values) != _WHOLE or not isinstance(values["receipts"], list):
        raise Damaged(f"a file of receipts has {', '.join(sorted(_WHOLE))}, and nothing else")
    attempt_id = _identifier(values["attempt"])
    if attempt_id is None:
        raise Damaged("“attempt” is not an identifier")
    head = values["head"]
    if isinstance(head, bool) or not isinstance(head, int) or not 0 <= head <= MAX_ORDINAL:
        raise Damaged("“head” is not a number of events")
    return Document(attempt_id, head, tuple(_claim(entry) for entry in values["receipts"]))


def _claim(entry: Any) -> Claim | None:
    """None unless it stands there exactly as we write it: “1.0” for 1 is somebody else's hand."""
    try:
        claim = Claim(Receipt.from_json(entry), entry["answer"], entry["salt"])
        whole = _as_json(claim)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    written = json.dumps(whole, sort_keys=True) == json.dumps(entry, sort_keys=True)
    shapes = isinstance(claim.answer, dict | None) and isinstance(claim.salt, str | None)
    return claim if written and shapes and 1 <= claim.receipt.ordinal <= MAX_ORDINAL else None


def _identifier(value: Any) -> uuid.UUID | None:
    try:
        found = uuid.UUID(value)
    except (TypeError, ValueError, AttributeError):
        return None
    return found if str(found) == value else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found
