"""The demonstration is made by the product itself: its cast signs in, its journey leaves real files."""

import json
import subprocess
from pathlib import Path

import pikepdf
import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from openpyxl import load_workbook

from app.accounts.models import Person
from app.certificates.models import Certificate
from app.cohorts.models import Cohort, Membership
from app.core.database import db
from app.demo.journey import run_journey
from app.experts.models import Application, Appointment
from app.factory import create_app
from tests.support.pages import Browser

pytestmark = [pytest.mark.own_database, pytest.mark.both_databases]


def fresh_app(folder: Path) -> Flask:
    app = create_app(
        app_env="test",
        data_dir=folder,
        database_url=f"sqlite:///{folder}/demo.sqlite3",
        public_url="https://academy.example",
        argon2_memory_kib=8,
        argon2_passes=1,
    )
    app.config["SESSION_COOKIE_SECURE"] = False
    with app.app_context():
        upgrade()
    return app


def command(app: Flask, *words: str) -> Result:
    """Run a command against this application (a command takes the one whose context is open)."""
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


def test_the_cast_signs_in_and_no_list_is_empty(tmp_path: Path) -> None:
    app = fresh_app(tmp_path)
    assert command(app, "content", "sync").exit_code == 0
    result = command(app, "demo", "cast")
    assert result.exit_code == 0, result.output
    assert command(app, "demo", "cast").exit_code == 1
    assert command(app, "demo", "cast", "--if-empty").exit_code == 0
    people = [line.split()[:3] for line in result.output.splitlines()[1:]]
    assert {role for role, _email, _password in people} == {
        "administrator",
        "registrar",
        "instructor",
        "certifier",
        "trainee",
    }
    for _role, email, password in people:
        browser = Browser(app.test_client())
        browser.submit("/sign-in", {"email": email, "password": password})
        browser.get("/")
    with app.app_context():
        assert db.session.query(Cohort).count() == 2
        assert db.session.query(Membership).filter_by(state="completed").count() == 2
        assert db.session.query(Certificate).filter_by(state="valid", kind="completion").count() == 2
        assert db.session.query(Application).filter_by(state="submitted").count() == 1
        assert db.session.query(Appointment).count() == 1
        assert db.session.query(Person).filter_by(is_demo=False).count() == 0
        db.engine.dispose()


def test_the_journey_leaves_what_its_people_would_hold(tmp_path: Path) -> None:
    summary = run_journey(tmp_path, create_app)
    assert json.loads((tmp_path / "summary.json").read_text()) == summary
    assert len(summary["steps"]) >= 14
    [certificate] = tmp_path.glob("certificate-*.pdf")
    [letter] = tmp_path.glob("appointment-*.pdf")
    text = subprocess.run(["pdftotext", certificate, "-"], capture_output=True, text=True, check=True).stdout
    assert "林见微" in text
    assert "LIN JIANWEI" in text
    for path in (certificate, letter):
        with pikepdf.open(path) as document:
            assert len(document.pages) == 1
    sheet = load_workbook(tmp_path / "cohort.xlsx").worksheets[0]
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows(min_row=2)}
    assert rows["0012026001"][5] == "结业"
    assert rows["0012026002"][5] == "在读"
    assert (tmp_path / "cohort.csv").read_bytes().startswith(b"\xef\xbb\xbf")
