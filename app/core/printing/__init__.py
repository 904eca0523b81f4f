"""What every printed document shares: the pinned fonts, and one typesetter at a time."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
#: The faces of documents; made by ``script/document-fonts``.
FACES: Final = HERE / "fonts"
#: Shows the typesetter these faces and the machine's Noto Serif CJK, and no others.
FONTCONFIG: Final = HERE / "fonts.conf"
#: Pango's font map is not made for several threads: whoever lays out a document in this process holds this lock.
lock: Final = threading.Lock()


@contextmanager
def pinned_fonts() -> Iterator[None]:
    """Fontconfig reads its file when Pango is first loaded."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTCONFIG)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@cache
def fonts() -> Any:
    """The font configuration of this process; held with ``lock``."""
    with pinned_fonts():
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - loads Pango; web processes never do

        return FontConfiguration()
