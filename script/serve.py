"""Prepare the database and run the web server and the job worker until told to stop.

Called by script/server. Ctrl-C (or SIGTERM, or closing the terminal) stops everything.
"""

import argparse
import logging
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from supervise import run, write_configuration

ROOT = Path(__file__).resolve().parent.parent
UNSYNCED = "content/ was not loaded: the site starts with what was published before. Mend it; flask content sync"
#: Lines that a first content sync may print before it is summed up.
BRIEF = 5


class CannotStart(Exception):
    """The message says in one line why, and what to do."""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="folder of database and files (DATA_DIR; instance/)")
    return parser.parse_args(arguments)


def check_port(host: str, port: int) -> None:
    """Raises CannotStart when somebody listens there already, or when we may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = "choose another with --port"
            raise CannotStart(f"{host} port {port}: {(error.strerror or 'unusable').lower()}; {hint}") from None


def prepare() -> Path:
    """Migrate, sync content, and on an empty database outside production make the demonstration cast."""
    sys.path.insert(0, str(ROOT))
    import click  # noqa: PLC0415 - the environment must be complete first
    from flask_migrate import upgrade  # noqa: PLC0415
    from sqlalchemy import select  # noqa: PLC0415

    from app.accounts.models import Person  # noqa: PLC0415
    from app.config import ConfigurationError, Settings  # noqa: PLC0415
    from app.core.assets import publish  # noqa: PLC0415
    from app.core.database import db, release  # noqa: PLC0415
    from app.factory import create_app  # noqa: PLC0415

    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        app = create_app()
    except ConfigurationError as error:
        raise CannotStart(str(error)) from None
    settings: Settings = app.extensions["academy.settings"]
    runner = app.test_cli_runner()

    def command(*words: str, quiet: bool = False) -> None:
        group = app.cli.commands.get(words[0])
        if group is None or words[1] not in getattr(group, "commands", {}):
            return
        result = runner.invoke(args=list(words), standalone_mode=False)
        if isinstance(result.exception, click.Abort):
            raise KeyboardInterrupt
        if result.exit_code:
            print(result.output, file=sys.stderr)
            raise CannotStart(f"flask {' '.join(words)} failed; the lines above say why") from result.exception
        said = result.output.strip().splitlines()
        if quiet and len(said) > BRIEF:
            said = [f"flask {' '.join(words)}: {len(said)} pieces are new or changed"]
        if said:
            print("\n".join(said), flush=True)

    with app.app_context():
        upgrade()
        sync_content(command)
        empty = db.session.scalar(select(Person.id).limit(1)) is None
        release()
        if not settings.production:
            command("certificates", "keys", "create", "--if-missing")
        if empty and not settings.production:
            command("demo", "cast")
        db.session.remove()
        db.engine.dispose()
    publish(settings.data_dir)
    return settings.data_dir.absolute()


def sync_content(command: Callable[..., None]) -> None:
    """Load content/. Files that cannot be loaded, or clash with what was published in the browser, must not close
    a site that has content already.
    """
    from sqlalchemy import select  # noqa: PLC0415

    from app.core.database import db, release  # noqa: PLC0415
    from app.courses.models import ContentState  # noqa: PLC0415

    is_known = db.session.scalar(select(ContentState.id)) is not None
    release()
    try:
        command("content", "sync", quiet=True)
    except CannotStart:
        if not is_known:
            raise
        print(UNSYNCED, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    if options.data:
        os.environ["DATA_DIR"] = str(options.data.absolute())
    host = "127.0.0.1" if options.host == "0.0.0.0" else options.host  # noqa: S104 - what was asked for
    address = f"http://[{host}]:{options.port}" if ":" in host else f"http://{host}:{options.port}"
    if os.environ.get("APP_ENV") != "production":
        os.environ.setdefault("PUBLIC_URL", address)
    os.chdir(ROOT)
    try:
        check_port(options.host, options.port)
        data = prepare()
        return run(write_configuration(data, options.host, options.port), address)
    except CannotStart as error:
        print(f"script/server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped before it was ready; the next start goes on from here", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
