"""Content → database → export → content: the same bytes, the same digests."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from app.config import PROJECT
from app.core.database import db, release
from app.courses.authoring import services
from app.courses.content.loading import inspect, tree_digest
from app.courses.models import Course, CourseRevision, ModuleRevision
from app.quizzes.models import QuestionRevision, QuizRevision
from tests.support.authored import contents, write
from tests.support.courses import SMALL, sync_folder


def digests() -> set[str]:
    release()
    tables = (CourseRevision, ModuleRevision, QuestionRevision, QuizRevision)
    found = {digest for table in tables for digest in db.session.scalars(select(table.digest))}
    release()
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def exported(app: Flask, folder: Path) -> services.Exported:
    release()
    done = services.export(folder, app.extensions["academy.settings"].data_dir)
    release()
    return done


@pytest.mark.parametrize("source", [PROJECT / "content", SMALL], ids=["shipped", "small"])
def test_what_is_shipped_comes_back_byte_for_byte(app: Flask, tmp_path: Path, source: Path) -> None:
    sync_folder(source)
    before = digests()
    out = tmp_path / "content"
    exported(app, out)
    marks = {path for path in files(out) if path.endswith("/.published")}
    assert {path: data for path, data in files(out).items() if path not in marks} == {
        path: data for path, data in files(source).items() if not Path(path).name.startswith(".")
    }
    assert len(marks) == len(list((source / "courses").iterdir()))
    assert tree_digest(out) == tree_digest(source)
    assert sync_folder(out) == []
    assert digests() == before
    assert exported(app, out).changed == []


@given(contents())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_course_that_passes_the_check_comes_back(app: Flask, data_dir: Path, content: dict[str, str]) -> None:
    root = data_dir / "drawn"
    shutil.rmtree(root, ignore_errors=True)
    source, out = root / "one" / "content", root / "other" / "content"
    write(source, content)
    assert inspect(source)[1] == []
    release()
    sync_folder(source)
    revision = select(CourseRevision.digest).join(Course, Course.current_revision_id == CourseRevision.id)
    found = select(Course.key, Course.current_revision_id)
    before = dict(db.session.execute(found).all())
    assert db.session.scalars(revision).all()
    exported(app, out)
    assert tree_digest(out) == tree_digest(source)
    sync_folder(out)
    assert dict(db.session.execute(found).all()) == before
    release()
