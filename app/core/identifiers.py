"""Identifiers: time-ordered for rows, name-based for authored content."""

import uuid
from typing import Final

from uuid_utils.compat import uuid7

#: The namespace of every identifier derived from an authored key.
CONTENT: Final = uuid.UUID("6f1b6c0e-3a51-5d5c-9f5c-0d9a1f6f4b10")


def new_id() -> uuid.UUID:
    """A fresh identifier (UUIDv7: random, but sorted by time, so that indexes stay compact)."""
    return uuid7()


def content_id(*keys: str) -> uuid.UUID:
    """The identifier of authored content: the same keys give the same identifier on every machine."""
    return uuid.uuid5(CONTENT, "/".join(keys))
