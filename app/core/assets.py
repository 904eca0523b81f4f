"""Style sheets, scripts and pictures: served with a version in their address, compressed beforehand.

The version is a step of the path, so that what a module imports or a style sheet names from beside itself has it,
too: no browser joins a new script to parts of yesterday's.
"""

import hashlib
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from app.config import PROJECT, Settings

SOURCE: Final = PROJECT / "app" / "static"
DAY: Final = 86_400
_VERSIONED: Final = re.compile(r"^/static/[0-9a-f]{12}/")


@cache
def version(source: Path = SOURCE) -> str:
    """Twelve hex digits of the SHA-256 over all asset files; another content has another address."""
    whole = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]


def publish(data_dir: Path) -> Path:
    """Copy this version's assets into DATA_DIR with .gz and .br beside them, once; returns the folder.

    A folder is renamed into place when it is whole, so that a start that was cut short leaves nothing half done.
    """
    target = data_dir / "static" / version()
    if target.is_dir():
        return target
    draft = target.with_name(f".{target.name}")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(SOURCE, draft)
    compressor = Compressor(quiet=True)
    for path in sorted(draft.rglob("*")):
        if path.is_file() and compressor.should_compress(path.name):
            compressor.compress(str(path))
    draft.rename(target)
    return target


def _headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def init_assets(app: Flask, settings: Settings) -> None:
    """Serve the published copy where there is one, else the files as they are; version every address.

    An address of another version gets the present file: a page may have come from the server before.
    """
    published = settings.data_dir / "static" / version()
    serve = WhiteNoise(
        app.wsgi_app,
        root=str(published if published.is_dir() else SOURCE),
        prefix="static/",
        max_age=DAY,
        add_headers_function=_headers,
    )

    def present(environ: Any, start_response: Any) -> Any:
        environ["PATH_INFO"] = _VERSIONED.sub("/static/", environ.get("PATH_INFO", ""))
        return serve(environ, start_response)

    app.wsgi_app = present  # type: ignore[method-assign]

    @app.url_defaults
    def _add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = f"{version()}/{values['filename']}"
