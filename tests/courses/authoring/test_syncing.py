"""Changes in files and changes in the browser meet: merged, or shown with file and line; never lost."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Role
from app.core.database import release, transaction
from app.core.errors import Conflict
from app.courses import queries as courses
from app.courses.authoring import queries, services
from app.courses.authoring.models import CourseSource
from app.courses.authoring.sources import manifest_of, texts_of
from app.courses.content.faults import ContentFaults
from app.courses.content.loading import inspect
from app.organisations.queries import get_organisation
from tests.support.authoring import author, change, instructor, make_course, open_draft, publish
from tests.support.cast import Cast, make_person
from tests.support.courses import SMALL, sync_folder

ZH, RULE = "m1-first/02-case.zh.md", "m2-second/01-rule.zh.md"
LETTER, ARTICLE = "来了一封信", "规定的第三条"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "content"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "courses/small" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def in_browser(cast: Cast, file: str, old: str, new: str) -> None:
    """Publish a change made in the browser."""
    release()
    one = author(cast)
    draft = open_draft(one)
    change(one, draft, file, old, new)
    publish(one, author(cast), draft)
    release()


def published(key: str = "small") -> tuple[CourseSource, dict[str, str]]:
    release()
    source = queries.find_source(key)
    assert source is not None
    manifest = manifest_of(source.published_tree)
    texts = texts_of(manifest.values())
    release()
    return source, {path: texts[digest] for path, digest in manifest.items() if digest in texts}


def test_both_sides_changes_come_together(cast: Cast, folder: Path) -> None:
    sync_folder(folder)
    in_browser(cast, ZH, LETTER, "来了一封函")
    assert sync_folder(folder) == []
    edit(folder, RULE, ARTICLE, "该规定第三条")
    edit(folder, "course.yaml", "id: small", "# 说明\nid: small")
    sync_folder(folder)
    source, texts = published()
    assert "来了一封函" in texts[ZH]
    assert "该规定第三条" in texts[RULE]
    assert texts["course.yaml"].startswith("# 说明")
    assert source.files_tree != source.published_tree
    assert sync_folder(folder) == []


def test_the_same_lines_changed_on_both_sides_stop_the_sync_until_somebody_mends_them(
    app: Flask, cast: Cast, folder: Path
) -> None:
    sync_folder(folder)
    in_browser(cast, ZH, LETTER, "来了一封函")
    edit(folder, ZH, LETTER, "来了三封信")
    edit(folder, RULE, ARTICLE, "该规定第三条")
    before = published()[1]
    with pytest.raises(ContentFaults) as stopped:
        sync_folder(folder)
    assert [str(fault) for fault in stopped.value.faults] == [
        "content/courses/small/m1-first/02-case.zh.md:3:1: these lines were changed here and in the browser since"
        " the last sync; run `flask content export`, bring both together in its files, and sync again"
    ]
    assert published()[1] == before
    release()
    done = services.export(folder, app.extensions["academy.settings"].data_dir)
    assert done.clashes == ["courses/small/m1-first/02-case.zh.md:3"]
    marked = (folder / "courses/small" / ZH).read_text()
    assert "<<<<<<< files\n" in marked
    assert "来了三封信" in marked
    assert "来了一封函" in marked
    assert ARTICLE not in (folder / "courses/small" / RULE).read_text()
    assert any("unfinished merge" in str(fault) for fault in inspect(folder)[1])
    lines = [line for line in marked.splitlines() if not line.startswith(("<<<<", "====", ">>>>", LETTER))]
    kept = "\n".join(line for line in lines if "来了一封函" not in line) + "\n"
    (folder / "courses/small" / ZH).write_text(kept)
    release()
    sync_folder(folder)
    texts = published()[1]
    assert "来了三封信" in texts[ZH]
    assert "该规定第三条" in texts[RULE]
    assert sync_folder(folder) == []


def test_a_course_made_in_the_browser_stays_when_files_are_synced_and_is_exported(
    app: Flask, folder: Path
) -> None:
    sync_folder(folder)
    university = get_organisation("small-university")
    release()
    one, reviewer = (instructor(make_person(university, Role.INSTRUCTOR)) for _ in range(2))
    draft = make_course(one, university)
    publish(one, reviewer, draft)
    assert sync_folder(folder) == []
    edit(folder, RULE, ARTICLE, "该规定第三条")
    assert sync_folder(folder) == ["module small/m2-second: revision 2", "course small: revision 2"]
    assert courses.get_course("own-course").is_listed
    release()
    services.export(folder, app.extensions["academy.settings"].data_dir)
    assert inspect(folder)[1] == []
    sync_folder(folder)
    source = published("own-course")[0]
    assert source.files_tree == source.published_tree
    assert source.organisation_id == university.id


def test_a_course_gone_from_the_files_is_retired_unless_the_browser_changed_it(cast: Cast, folder: Path) -> None:
    sync_folder(folder)
    in_browser(cast, ZH, LETTER, "来了一封函")
    shutil.move(folder / "courses/small", folder.parent / "aside")
    for programme in (folder / "programmes").glob("*.yaml"):
        programme.unlink()
    with pytest.raises(ContentFaults) as stopped:
        sync_folder(folder)
    assert "gone from the files, but was changed in the browser" in str(stopped.value.faults[0])
    release()
    assert courses.get_course("small").is_listed
    release()


def test_a_sync_planned_before_a_publication_is_refused(app: Flask, cast: Cast, folder: Path) -> None:
    sync_folder(folder)
    edit(folder, RULE, ARTICLE, "该规定第三条")
    plan = services.plan_sync(folder)
    in_browser(cast, ZH, LETTER, "来了一封函")
    with transaction(), pytest.raises(Conflict):
        services.sync(plan, clock.now())
    assert "来了一封函" in published()[1][ZH]


def test_the_commands_name_clashes_and_fail(app: Flask, cast: Cast, folder: Path) -> None:
    runner = app.test_cli_runner()
    place = ["--folder", str(folder)]
    with app.app_context():
        first = runner.invoke(args=["content", "sync", *place])
    assert "course small: revision 1" in first.output
    in_browser(cast, ZH, LETTER, "来了一封函")
    edit(folder, ZH, LETTER, "来了三封信")
    with app.app_context():
        stopped = runner.invoke(args=["content", "sync", *place])
        release()
        exported = runner.invoke(args=["content", "export", str(folder)])
        release()
    assert (stopped.exit_code, exported.exit_code) == (1, 1)
    assert "m1-first/02-case.zh.md:3:1: these lines were changed here and in the browser" in stopped.output
    assert "1 faults; nothing was loaded" in stopped.output
    assert "1 courses exported, 1 files changed" in exported.output
    assert "courses/small/m1-first/02-case.zh.md:3: changed here and in the browser" in exported.output
