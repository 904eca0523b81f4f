"""The offline verifier as one file (a zip that Python runs), made of the very modules that the site uses."""

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[3]
#: What the proof modules stand on.
_OTHERS: Final = (
    "app/__init__.py",
    "app/core/__init__.py",
    "app/core/base58.py",
    "app/core/clock.py",
    "app/core/digests.py",
    "app/certificates/__init__.py",
)
_MAIN: Final = """import sys

try:
    from app.certificates.proof.program import main
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is missing; install it with: pip install asn1crypto cryptography pyld")
sys.exit(main())
"""
_DATE: Final = (2026, 1, 1, 0, 0, 0)


@cache
def packed() -> bytes:
    """The same modules give the same bytes."""
    own = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in {".py", ".json"})
    names = [*_OTHERS, *(path.relative_to(_ROOT).as_posix() for path in own if path.name != "packing.py")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py", _DATE), _MAIN)
        for name in names:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (_ROOT / name).read_bytes())
    return buffer.getvalue()
