"""A planted bug, for tests alone: the application acknowledges an answer and commits a moment later.

The storm must catch it in every run; a harness that passes this one proves nothing.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

import app.quizzes.views.answers as view
from app.core.database import db, write_mode
from app.factory import create_app

#: As long as a slow disk takes.
DELAY = 0.05

_open = threading.local()
_never = threading.Event()


@contextmanager
def _left_open() -> Iterator[Connection]:
    _open.connection = db.engine.connect()
    with write_mode():
        _open.connection.begin()
    try:
        yield _open.connection
    except BaseException:
        _open.connection.close()
        _open.connection = None
        raise


real = create_app()
patch.object(view, "core_transaction", _left_open).start()
patch.object(
    view, "statements_stand_alone", lambda: False
).start()  # a statement that commits itself hides nothing


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Send the acknowledgement, wait, commit."""
    _open.connection = None
    yield from real.wsgi_app(environ, start_response)
    if _open.connection is not None:
        _never.wait(DELAY)
        _open.connection.commit()
        _open.connection.close()
