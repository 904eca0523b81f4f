"""The small family of errors that services raise and that every view answers in the same way."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.core.messages import Message


class DomainError(Exception):
    """Something a person asked for cannot be done; ``message`` says what to do.

    It is given in her language, or, where nobody knows hers, as a ``Message``: show it by ``languages.told``.
    """

    status: ClassVar[int] = 400

    def __init__(
        self, message: str | Message = "", *, code: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(str(message))
        self.message = message
        #: What a program may want to know besides (members of the JSON problem document).
        self.details = dict(details or {})
        #: A stable word for programs; the class's name when nothing better is given.
        self.code = code or type(self).__name__.lower()


class Invalid(DomainError):
    """The request's values do not fit; nothing was changed."""

    status = 422


class NotAllowed(DomainError):
    """The person may see the thing but not do this with it."""

    status = 403


class NotFound(DomainError):
    """There is no such thing, or the person may not know of it."""

    status = 404


class Conflict(DomainError):
    """The state moved on: somebody was quicker, or the same request came with another body."""

    status = 409


class TooLarge(DomainError):
    """What is sent goes beyond a limit, which the message names."""

    status = 413


class TooMany(DomainError):
    """Too many tries in a short time."""

    status = 429
