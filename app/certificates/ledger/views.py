"""The log as static files would be (C2SP tlog-tiles): anybody can mirror and audit it."""

import re
from typing import Final

from flask import Blueprint, Response

from app.certificates.ledger import queries
from app.certificates.proof.merkle import tile_index
from app.core import access
from app.core.errors import NotFound
from app.core.publishing import FOREVER, publish

blueprint = Blueprint("ledger", __name__, url_prefix="/log")
blueprints = (blueprint,)

#: ``x001/x234/067`` with ``.p/112`` when the tile is not full.
_INDEX: Final = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")
_TILES: Final = "application/octet-stream"


def _place(text: str) -> tuple[int, int]:
    """Number and width of a tile. Raises NotFound for any other way to write them."""
    found = _INDEX.fullmatch(text)
    if found is None:
        raise NotFound
    number = int(re.sub(r"[x/]", "", found[1]))
    width = int(found[2]) if found[2] else 256
    shortest = found[1] == tile_index(number)
    if not shortest or (found[2] and width > 255):
        raise NotFound
    return number, width


@blueprint.get("/checkpoint")
@access.public
def checkpoint() -> Response:
    """The newest signed tree head."""
    head = queries.latest_checkpoint()
    if head is None:
        raise NotFound
    return publish(head.note, "text/plain; charset=utf-8", seconds=5)


@blueprint.get("/tile/<int:level>/<path:index>")
@access.public
def tile(level: int, index: str) -> Response:
    """Hashes of the tree."""
    return publish(queries.tile(level, *_place(index)), _TILES, seconds=FOREVER)


@blueprint.get("/tile/entries/<path:index>")
@access.public
def entries(index: str) -> Response:
    """The entries themselves, each after its length."""
    return publish(queries.bundle(*_place(index)), _TILES, seconds=FOREVER)
