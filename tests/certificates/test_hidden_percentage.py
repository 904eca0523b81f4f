"""Where an examination's review matrix hides the percentage, nothing else tells the candidate either."""

import re
import shutil
from pathlib import Path

from flask import Flask
from lxml import html

from app.certificates.claims import result_of
from app.certificates.models import Certificate
from app.certificates.rules import CompletionClaims, Draft
from app.core.database import db, release
from tests.support.cast import Cast
from tests.support.cohorts import certify, join, make_cohort, pass_course
from tests.support.courses import SMALL, sync_folder
from tests.support.pages import Visitors


def hide_percentages(folder: Path) -> Path:
    """The small content, both of whose examinations tell nobody how many per cent she has."""
    content = folder / "content"
    shutil.copytree(SMALL, content)
    programme = content / "programmes" / "small-programme.yaml"
    programme.write_text(
        programme.read_text().replace("  pass_mark: 80\n", "  pass_mark: 80\n  review: {percentage: never}\n")
    )
    course = content / "courses" / "small" / "course.yaml"
    course.write_text(course.read_text().replace("feedback: after_submission", "review: {percentage: never}"))
    return content


def words(page: html.HtmlElement) -> str:
    return " ".join(page.cssselect("main")[0].text_content().split())


def test_a_hidden_percentage_is_told_by_no_page_no_copy_and_no_certificate(
    app: Flask, visit: Visitors, cast: Cast, tmp_path: Path
) -> None:
    with app.app_context():
        sync_folder(hide_percentages(tmp_path))
        cohort = make_cohort(cast)
        passed, failed = join(cast, cohort, cast.trainee), join(cast, cohort, cast.cohort_mate)
        pass_course(cast.trainee)
        pass_course(cast.cohort_mate)
        certify(cast.trainee, passed.id)
        certify(cast.cohort_mate, failed.id, right=False)
    release()
    for person, membership in ((cast.trainee, passed), (cast.cohort_mate, failed)):
        browser = visit(person)
        for path in (
            "/",
            f"/my-programmes/{membership.id}",
            f"/my-programmes/{membership.id}/examination",
            "/courses/small",
        ):
            told = words(browser.page(path))
            assert re.search("合格，|不合格", told) is None, (path, told)
        assert "已提交" in words(browser.page(f"/my-programmes/{membership.id}"))
        sittings = browser.get("/account/data/download").get_json()["examinations"]
        assert [(one["percent"], one["passed"]) for one in sittings] == [(None, None)] * 2
    overview = words(visit(cast.registrar).page(f"/cohorts/{cohort.id}"))
    assert "合格，100%" in overview  # the matrix binds candidates, not who is answerable for them
    certificate = db.session.scalars(db.select(Certificate).filter_by(person_id=cast.trainee.id)).one()
    claims = Draft.from_json(certificate.draft).claims
    assert isinstance(claims, CompletionClaims)
    assert claims.result_percent is None
    result = result_of(claims)
    assert result is not None
    assert result["zh"].startswith("考核合格，结果有效至")
