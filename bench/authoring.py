"""Authoring: the preview of a lesson, and syncs of a large content folder.

``python -m bench.authoring [courses] [modules]``; on PostgreSQL with DATABASE_URL naming an empty database.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from app.config import PROJECT
from app.core import clock, markdown
from app.core.access import Role
from app.core.database import release, transaction
from app.courses.authoring import queries, services
from app.courses.content.loading import parse_lesson, tree_digest
from app.courses.services import is_current
from app.factory import create_app
from app.library.queries import library
from app.organisations.queries import list_organisations
from bench.harness import Figure, report
from tests.support.authoring import instructor, open_draft, save
from tests.support.cast import make_person
from tests.support.statements import counted_statements

ROUNDS = 9
COURSE, LESSON = "l2-section-337", "m1-elements/01-forum.zh.md"
LENGTH = 10_000


def timed(work: Callable[[], Any], rounds: int = ROUNDS, clock: Callable[[], float] = time.process_time) -> float:
    """The median of several runs in seconds: of CPU, which other load does not change, or by the clock."""
    found = []
    for _round in range(rounds):
        start = clock()
        work()
        found.append(clock() - start)
        release()
    return median(found)


def sync(app: Flask, root: Path) -> list[str]:
    """What ``flask content sync`` does."""
    if is_current(tree_digest(root)):
        return []
    release()
    plan = services.plan_sync(root)
    release()
    plan.store(app.extensions["academy.settings"].data_dir)
    with transaction():
        return services.sync(plan, clock.now())


def many(root: Path, courses: int, modules: int) -> Path:
    """A folder of so many courses: the shipped modules under other names, with the shipped library."""
    shipped = PROJECT / "content"
    for name in ("organisations.yaml", "glossary.yaml"):
        root.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped / name, root / name)
    shutil.copytree(shipped / "library", root / "library")
    sources = sorted(path.parent for path in (shipped / "courses").glob("*/*/module.yaml"))
    for number in range(courses):
        _course(root / "courses" / f"c{number:03}", sources, modules)
    return root


def _course(folder: Path, sources: list[Path], modules: int) -> None:
    keys = [f"m{number}" for number in range(modules)]
    hours = 0
    for number, key in enumerate(keys):
        source = sources[number % len(sources)]
        shutil.copytree(source, folder / key)
        for figure in (source.parent / "figures").glob("*"):
            (folder / "figures").mkdir(parents=True, exist_ok=True)
            shutil.copy(figure, folder / "figures")
        prefix = f"{folder.name}-{key}-"
        for path in (folder / key).iterdir():
            text = path.read_text()
            if path.name == "module.yaml":
                text = text.replace(f"id: {source.name}", f"id: {key}", 1)
                line = next(line for line in text.splitlines() if line.startswith("hours:"))
                text, hours = text.replace(line, "hours: 2", 1), hours + 2
            text = text.replace("::: question ", f"::: question {prefix}")
            if path.name == "questions.yaml":
                text = text.replace("\n  - id: ", f"\n  - id: {prefix}")
            # the same texts everywhere would be stored and parsed once only
            path.write_text(text if path.suffix == ".yaml" else text.replace("。\n", f"（{prefix}）。\n"))
    both = f"{{zh: 课程{folder.name}, en: Course {folder.name}}}"
    (folder / "course.yaml").write_text(
        f"id: {folder.name}\ncode: X1\ntrack: L\ntitle: {both}\nsummary: {both}\nas_of: 2026-11-01\n"
        f"jurisdictions: [US]\nhours: {hours}\nmodules: [{', '.join(keys)}]\n"
    )


def long_lesson(text: str) -> str:
    """A lesson of at least LENGTH characters: the shipped one again and again, under other section ids."""
    parts, length, number = [], 0, 0
    while length < LENGTH:
        number += 1
        part = text.replace("{#", f"{{#again{number}-").replace("[^", f"[^{number}-")
        if number > 1:  # a question is placed once
            part = part.replace("::: question ", "::: note ")
        parts.append(part)
        length += len(parts[-1])
    return "\n".join(parts)


def measure_preview(app: Flask) -> list[Figure]:
    """What each pause of a writer costs: her text saved, checked with its course, and shown."""
    sync(app, PROJECT / "content")
    release()
    author = _author()
    draft = open_draft(author, COURSE)
    text = long_lesson(queries.text_of(draft.id, LESSON))
    release()
    turn = iter(range(1_000))
    versions = [0]

    def changed() -> str:
        return f"{text}\n\n第{next(turn)}次。\n"

    def preview() -> None:
        source = changed()
        document = parse_lesson(source)
        cite = library().cite("zh_Hans")
        for section in document.sections:
            markdown.render_section(document, section, cite=cite, draw=lambda _name: None)
        markdown.render_footnotes(document, cite=cite)
        queries.faults_if(draft.id, {LESSON: source})

    def keep() -> None:
        versions[0] = save(author, draft, LESSON, changed(), base_version=versions[0]).version

    preview()
    release()
    with counted_statements() as seen:
        preview()
    release()
    return [
        Figure(f"statements of a preview ({len(text)} characters)", len(seen), at_most=16),
        Figure("preview: parse, render, check the course (CPU)", timed(preview) * 1000, " ms", at_most=100),
        Figure("preview (by the clock)", timed(preview, clock=time.perf_counter) * 1000, " ms", at_most=100),
        Figure("of it parsing the lesson (CPU)", timed(lambda: markdown.parse(changed())) * 1000, " ms"),
        Figure(
            "save, acknowledged (by the clock)", timed(keep, clock=time.perf_counter) * 1000, " ms", at_most=100
        ),
    ]


def _author() -> Any:
    authority = list_organisations()[0]
    release()
    return instructor(make_person(authority, Role.INSTRUCTOR), national=True)


def measure_sync(app: Flask, courses: int, modules: int) -> list[Figure]:
    """A folder of many courses: loaded, loaded again, and with one lesson changed."""
    with tempfile.TemporaryDirectory(prefix="academy-content-") as folder:
        root = many(Path(folder) / "content", courses, modules)
        files = sum(1 for path in root.rglob("*") if path.is_file())
        began = time.perf_counter()
        first = timed(lambda: sync(app, root), rounds=1)
        whole = time.perf_counter() - began
        again = timed(lambda: sync(app, root), rounds=3)
        lesson = next((root / "courses/c000/m0").glob("01-*.zh.md"))
        lesson.write_text(lesson.read_text() + "\n又一句。\n")
        changed = timed(lambda: sync(app, root), rounds=1)
    return [
        Figure(f"sync of {courses} courses × {modules} modules ({files} files, CPU)", first, " s", at_most=30),
        Figure("the same by the clock", whole, " s", at_most=30),
        Figure("without a change (CPU)", again, " s", at_most=2),
        Figure("with one lesson changed (CPU)", changed, " s", at_most=30),
    ]


def main() -> int:
    """Make a site in a throwaway folder and print the figures."""
    courses, modules = (int(given) for given in (*sys.argv[1:3], "100", "10")[:2])
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        app = create_app(app_env="test", data_dir=Path(folder), database_url=url)
        with app.test_request_context():
            with redirect_stderr(StringIO()):
                upgrade()
            print(url.partition(":")[0])
            short = report(measure_preview(app))
            return report(measure_sync(app, courses, modules)) | short


if __name__ == "__main__":
    sys.exit(main())
