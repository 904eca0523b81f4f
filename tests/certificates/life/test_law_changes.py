"""An instrument changes: the certificates that rest on the law before are listed, and their holders asked."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.certificates.life import queries, services
from app.certificates.models import Certificate
from app.certificates.queries import get_certificate
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import release, transaction
from app.core.errors import Conflict, NotAllowed
from app.courses import queries as courses
from app.library import services as library
from app.library.models import LawChange
from app.library.queries import get_instrument, instruments_by_key
from app.organisations.queries import get_organisation
from tests.support.cast import Cast, as_actor
from tests.support.courses import SMALL, pass_exam, read_everything, sync_folder
from tests.support.graduates import graduate
from tests.support.pages import Visitors


@pytest.fixture
def certificate(app: Flask, cast: Cast) -> Certificate:
    with app.app_context():
        sync_folder()
        return graduate(cast, cast.trainee)


def teacher(cast: Cast) -> Actor:
    return as_actor(cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id))


def keeper(cast: Cast) -> Actor:
    return as_actor(cast.certifier, Grant(Role.CERTIFIER, get_organisation("small-authority").id))


def cited() -> str:
    """An instrument that the small course cites."""
    return next(key for key in instruments_by_key() if courses.modules_citing(key))


def change_on(cast: Cast, day: date) -> LawChange:
    release()
    with transaction():
        instrument = get_instrument(cited())
        return library.record_change(teacher(cast), instrument, changed_on=day, note="第十条已修改，见官方公报。")


def touched(cast: Cast, change: LawChange) -> list[queries.Touched]:
    release()
    return queries.touched_by(keeper(cast), queries.get_change(change.id))


def test_instructors_record_a_change_once(cast: Cast, certificate: Certificate) -> None:
    change_on(cast, date(2026, 11, 23))
    with transaction(), pytest.raises(Conflict):
        library.record_change(
            teacher(cast), get_instrument(cited()), changed_on=date(2026, 11, 23), note="同一天的另一条记录。"
        )
    with transaction(), pytest.raises(NotAllowed):
        library.record_change(
            as_actor(cast.trainee), get_instrument(cited()), changed_on=date(2026, 12, 1), note="学员不能记录。"
        )


def test_certificates_on_the_law_before_are_listed_and_only_those(cast: Cast, certificate: Certificate) -> None:
    assert [row.certificate.id for row in touched(cast, change_on(cast, date(2027, 1, 1)))] == [certificate.id]
    assert touched(cast, change_on(cast, date(2020, 1, 1))) == [], "the course follows the law since then"
    change = change_on(cast, date(2027, 2, 1))
    release()
    elsewhere = as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.other_university.id))
    assert queries.touched_by(elsewhere, queries.get_change(change.id)) == []


def test_the_page_lists_them_for_certifiers(cast: Cast, certificate: Certificate, visit: Visitors) -> None:
    path = f"/certificates/law-changes/{change_on(cast, date(2027, 1, 1)).id}"
    visit(cast.trainee).get(path, 403)
    assert (certificate.number or "none") in visit(cast.certifier).get(path).get_data(as_text=True)


def test_a_holder_who_is_asked_studies_what_changed_and_has_caught_up(
    app: Flask, cast: Cast, certificate: Certificate, tmp_path: Path
) -> None:
    before = certificate.snapshot_digest
    with app.app_context():
        change = change_on(cast, date(2026, 11, 22))
        folder = shutil.copytree(SMALL, tmp_path / "content")
        course = folder / "courses" / "small" / "course.yaml"
        course.write_text(course.read_text().replace(_as_of(course), "as_of: 2026-11-23"))
        sync_folder(folder)
        release()
        with transaction():
            for _ in range(2):
                for row in queries.touched_by(keeper(cast), queries.get_change(change.id)):
                    services.assign_delta(keeper(cast), queries.get_change(change.id), row, clock.now())
        row = touched(cast, change)[0]
        assert row.assignment is not None
        assert not row.caught_up
        enrolment = courses.enrolment_in(cast.trainee.id, "small")
        assert enrolment is not None
        assert (enrolment.round, enrolment.source) == (2, f"law:{cited()}")
        progress = courses.progress_of(enrolment, courses.outline(enrolment.course_revision_id))
        assert progress.evidence.studied, "the modules have not changed: only the examination is left"
        assert progress.evidence.exam_passed is None, "the earlier examination does not count again"
        read_everything(cast.trainee)
        pass_exam(cast.trainee)
        assert touched(cast, change)[0].caught_up
    release()
    assert get_certificate(certificate.id).snapshot_digest == before


def _as_of(course: Path) -> str:
    return next(line for line in course.read_text().splitlines() if line.startswith("as_of:"))
