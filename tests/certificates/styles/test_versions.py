"""Documents keep the version of the style they were issued in."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.certificates.models import Certificate
from app.certificates.rendering import Printed, markup, render
from app.certificates.rules import Snapshot
from app.certificates.styles.models import StyleRevision
from app.certificates.styles.queries import style_named
from app.core.access import Role
from app.core.database import db, release, transaction
from app.core.errors import NotFound
from app.organisations.queries import get_organisation
from tests.support.cast import Cast, make_person
from tests.support.certificates import make_certificate
from tests.support.courses import SMALL, sync_folder
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

STYLE = """id: small-authority
example: true
colours: {line: "#0F5550", seal: "#A8201A"}
seal: {columns: [研修, 之印]}
documents:
  completion:
    signatories:
      - {zh: 教务负责人, en: Head of Studies}
"""


def issue_in(folder: Path, style: str, cast: Cast) -> Certificate:
    """A certificate of the small authority after its style was synced."""
    (folder / "house-styles" / "small-authority.yaml").write_text(style)
    sync_folder(folder)
    release()
    body = get_organisation("small-authority")
    release()
    certificate = make_certificate(cast.trainee, body)
    release()
    return certificate


def page_of(certificate: Certificate) -> str:
    assert certificate.snapshot is not None
    snapshot = Snapshot.from_json(certificate.snapshot)
    return markup(snapshot, Printed("code", "https://academy.example", style_named(snapshot.style)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "content")
    (tmp_path / "content" / "house-styles").mkdir()
    return tmp_path / "content"


def test_a_document_names_its_version_and_is_drawn_in_it_again(
    app: Flask, cast: Cast, folder: Path, visit: Visitors
) -> None:
    with app.app_context():
        first = issue_in(folder, STYLE, cast)
        assert first.snapshot is not None
        snapshot = Snapshot.from_json(first.snapshot)
        printed = Printed("code", "https://academy.example", style_named(snapshot.style))
        drawn = render(snapshot, printed)
        assert snapshot.document.example, "an example style makes examples"
        assert snapshot.digest == first.snapshot_digest
        release()
        second = issue_in(folder, STYLE.replace("教务负责人", "培训负责人").replace("#0F5550", "#5C4210"), cast)
        assert second.snapshot is not None
        assert second.snapshot["style"] != first.snapshot["style"]
        assert "培训负责人" in page_of(second)
        assert "教务负责人" in page_of(first)
        again = Printed("code", "https://academy.example", style_named(snapshot.style))
        assert render(Snapshot.from_json(first.snapshot), again) == drawn
        with pytest.raises(NotFound):
            style_named("0" * 64)
        numbers = db.session.scalars(select(StyleRevision.number).order_by(StyleRevision.number)).all()
        assert numbers == [1, 2]
        release()
        back = issue_in(folder, STYLE, cast)
        assert back.snapshot is not None
        assert back.snapshot["style"] == first.snapshot["style"], "an earlier version is used again, not made anew"
        digest = snapshot.style
        body = get_organisation("small-authority")
        release()
        keeper = make_person(body, Role.CERTIFIER)
    browser = visit(keeper)
    with counted_statements() as statements:
        shown = browser.get("/certificates/styles").get_data(as_text=True)
    assert len(statements) <= 6
    assert "第1版" in shown
    assert "朱文" in shown
    picture = browser.get(f"/certificates/styles/{digest}/completion.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"#0f5550" in picture.data
    visit(cast.trainee).get("/certificates/styles", 403)
    with app.app_context():
        other = make_person(cast.university, Role.CERTIFIER)
    visit(other).get(f"/certificates/styles/{digest}/completion.svg", 404)
    assert "第1版" not in visit(other).get("/certificates/styles").get_data(as_text=True)


@pytest.mark.parametrize(
    "statement", ["UPDATE house_style_revisions SET number = 9", "DELETE FROM house_style_revisions"]
)
def test_the_database_refuses_to_change_a_version(app: Flask, cast: Cast, folder: Path, statement: str) -> None:
    with app.app_context():
        issue_in(folder, STYLE, cast)
        with pytest.raises(DBAPIError, match="final"), transaction():
            db.session.execute(text(statement))


def test_without_a_style_a_record_is_what_it_was(app: Flask, cast: Cast) -> None:
    with app.app_context():
        certificate = make_certificate(cast.trainee, cast.authority)
        assert certificate.snapshot is not None
        assert "style" not in certificate.snapshot
        assert Snapshot.from_json(certificate.snapshot).digest == certificate.snapshot_digest
