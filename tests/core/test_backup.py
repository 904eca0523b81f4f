"""Backups: whole, consistent under load, and put back."""

import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.database import db, release, transaction
from app.files import services as files
from app.organisations.models import Organisation, OrganisationKind
from tests.support.processes import Site, own_site, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to databases of their own."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with own_site(tmp_path / "site") as site:
        yield site


def add(*keys: str) -> None:
    with transaction() as session:
        for key in keys:
            session.add(Organisation(key=key, kind=OrganisationKind.BAR, name={"zh": key, "en": key}))


def keys() -> set[str]:
    found = set(db.session.scalars(select(Organisation.key)))
    release()
    return found


def test_a_backup_restores_database_and_files(site: Site, tmp_path: Path) -> None:
    digest = files.store(site.folder, b"a certificate")
    add("kept")
    made = site.command("backup", str(tmp_path / "all.tar.gz"))
    assert made.exit_code == 0, made.stderr
    assert "1 files" in made.stdout
    add("later")
    (stored,) = (site.folder / "files").rglob(digest)
    stored.unlink()

    refused = site.command("restore", str(tmp_path / "all.tar.gz"))
    assert refused.exit_code == 1
    assert refused.stderr.strip() == "Error: the database is not empty; --force replaces everything in it"
    assert keys() == {"kept", "later"}

    restored = site.command("restore", "--force", str(tmp_path / "all.tar.gz"))
    assert restored.exit_code == 0, restored.stderr
    db.engine.dispose()
    assert keys() == {"kept"}
    assert files.read(site.folder, digest) == b"a certificate"


def test_a_backup_fills_an_empty_target_that_then_can_be_backed_up(site: Site, tmp_path: Path) -> None:
    add("moved")
    assert site.command("backup", str(tmp_path / "one.tar")).exit_code == 0
    with own_site(tmp_path / "other", migrated=False) as other:
        restored = other.command("restore", str(tmp_path / "one.tar"))
        assert restored.exit_code == 0, restored.stderr
        assert keys() == {"moved"}
        again = other.command("backup", str(tmp_path / "two.tar"))
        assert again.exit_code == 0, again.stderr
        assert other.command("restore", "--force", str(tmp_path / "two.tar")).exit_code == 0
        assert keys() == {"moved"}


def test_a_backup_under_load_holds_whole_transactions(site: Site, tmp_path: Path) -> None:
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        number = 0
        with site.app.app_context():
            while not stop.is_set():
                add(f"left-{number}", f"right-{number}")
                written.append(number)
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: len(written) >= 5, "the writer is busy")
        made = site.command("backup", str(tmp_path / "busy.tar"))
        assert made.exit_code == 0, made.stderr
        so_far = len(written)
        wait_until(lambda: len(written) > so_far, "the writer goes on")
    finally:
        stop.set()
        writer.join()
    assert site.command("restore", "--force", str(tmp_path / "busy.tar")).exit_code == 0
    db.engine.dispose()
    present = keys()
    numbers = {key.partition("-")[2] for key in present}
    assert present == {f"{side}-{number}" for side in ("left", "right") for number in numbers}
    assert 5 <= len(numbers) < len(written)
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 2 * len(numbers)
    release()


def test_a_damaged_backup_changes_nothing(site: Site, tmp_path: Path) -> None:
    files.store(site.folder, b"a certificate" * 100)
    add("present")
    whole = tmp_path / "whole.tar"
    assert site.command("backup", str(whole)).exit_code == 0
    data = whole.read_bytes()
    place = data.index(b"a certificate")
    (tmp_path / "bent.tar").write_bytes(data[:place] + b"A" + data[place + 1 :])
    (tmp_path / "short.tar").write_bytes(data[: place + 10])
    (tmp_path / "text.tar").write_text("no archive at all")
    for name, complaint in (("bent", "damaged"), ("short", "no whole backup"), ("text", "no whole backup")):
        result = site.command("restore", "--force", str(tmp_path / f"{name}.tar"))
        assert result.exit_code == 1, name
        assert complaint in result.stderr
        assert "Traceback" not in result.stderr
    assert keys() == {"present"}


def test_a_backup_of_a_newer_version_is_refused(site: Site, tmp_path: Path) -> None:
    assert site.command("backup", str(tmp_path / "now.tar")).exit_code == 0
    with tarfile.open(tmp_path / "now.tar") as tar:
        tar.extractall(tmp_path / "opened", filter="data")
    manifest = tmp_path / "opened" / "manifest.json"
    text = manifest.read_text()
    revision = text.partition('"revision": "')[2].partition('"')[0]
    manifest.write_text(text.replace(f'"{revision}"', '"from-the-future"'))
    with tarfile.open(tmp_path / "future.tar", "w") as tar:
        for name in ("database", "manifest.json"):
            tar.add(tmp_path / "opened" / name, arcname=name)
    result = site.command("restore", "--force", str(tmp_path / "future.tar"))
    assert result.exit_code == 1
    assert "newer version" in result.stderr


def test_an_existing_file_is_not_overwritten(site: Site, tmp_path: Path) -> None:
    (tmp_path / "precious.tar").write_text("precious")
    result = site.command("backup", str(tmp_path / "precious.tar"))
    assert result.exit_code == 1
    assert "choose another name" in result.stderr
    assert (tmp_path / "precious.tar").read_text() == "precious"
