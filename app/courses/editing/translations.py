"""Which sections of a course in work have English that lags behind their Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from app.core.database import db
from app.courses.authoring import sources
from app.courses.authoring.models import DraftEdit, Publication, SourceTree
from app.courses.editing import texts
from app.courses.editing.models import TranslationCheck
from app.courses.editing.queries import Work
from app.courses.editing.texts import LessonPath, Version

#: How many edits of a course, and how many publications before them, are looked back upon.
EDITS: Final = 4_000
PUBLICATIONS: Final = 20

#: (module, lesson, language) → moment → digest of the text, the oldest first.
_Timeline = dict[LessonPath, list[tuple[float, str]]]


def lagging(work: Work, present: Mapping[LessonPath, str] | None = None) -> dict[tuple[str, str], set[str]]:
    """(module, lesson) → ids of sections whose translation is out of date; five statements.

    ``present`` are texts as they stand on somebody's screen, newer than what is saved.
    """
    homes = work.homes()
    timeline = _timeline(work, homes)
    found = sources.texts_of(digest for versions in timeline.values() for _at, digest in versions)
    histories = {
        place: [Version(at, texts.section_digests(found[digest])) for at, digest in versions if digest in found]
        for place, versions in timeline.items()
    }
    for place, text in (present or {}).items():
        sections, history = texts.section_digests(text), histories.setdefault(place, [])
        if not history or history[-1].sections != sections:
            history.append(Version(float("inf"), sections))
    compared = _compared(work.key)
    marks: dict[tuple[str, str], set[str]] = {}
    for place, english in histories.items():
        chinese = histories.get(LessonPath(place.module, place.lesson, "zh"), [])
        if place.language != "en" or not chinese:
            continue
        stale = texts.out_of_date(chinese, english)
        marks[place.module, place.lesson] = {
            key
            for key in stale
            if (f"{_home(homes, place)}/{place.lesson}/{key}", chinese[-1].sections[key]) not in compared
        }
    return {place: stale for place, stale in marks.items() if stale}


def _home(homes: Mapping[tuple[str, str], str], place: LessonPath) -> str:
    return homes.get((place.module, place.lesson), place.module)


def _timeline(work: Work, homes: Mapping[tuple[str, str], str]) -> _Timeline:
    """Published texts, then the draft's edits, then what the draft holds now."""
    timeline: _Timeline = {}
    moved = {(home, lesson): module for (module, lesson), home in homes.items()}

    def note(path: str, at: float, digest: str | None) -> None:
        place = texts.lesson_of(path)
        if place is not None and digest is not None:
            place = replace(place, module=moved.get((place.module, place.lesson), place.module))
            versions = timeline.setdefault(place, [])
            if not versions or versions[-1][1] != digest:
                versions.append((at, digest))

    for at, files in _published(work.key, work.draft.base_tree):
        for path, digest in files.items():
            note(path, at, digest)
    edits = select(DraftEdit.path, DraftEdit.digest, DraftEdit.at).where(DraftEdit.draft_id == work.draft.id)
    rows = db.session.execute(edits.order_by(DraftEdit.id.desc()).limit(EDITS)).all()
    for row in reversed(rows):
        note(row.path, row.at.timestamp(), row.digest)
    for path, head in work.files.items():
        note(path, float("inf"), head.digest)
    return timeline


def _published(course_key: str, base_tree: str | None) -> Sequence[tuple[float, Mapping[str, str]]]:
    """What was published, and what the draft began with; the oldest first."""
    statement = (
        select(Publication.created_at, SourceTree.files)
        .join(SourceTree, SourceTree.digest == Publication.tree_digest)
        .where(Publication.course_key == course_key)
        .order_by(Publication.created_at.desc())
        .limit(PUBLICATIONS)
    )
    rows = [(row.created_at.timestamp(), row.files) for row in db.session.execute(statement)]
    return rows[::-1] or [(0.0, sources.manifest_of(base_tree))]


def _compared(course_key: str) -> set[tuple[str, str]]:
    statement = select(TranslationCheck.section, TranslationCheck.chinese_digest)
    rows = db.session.execute(statement.where(TranslationCheck.course_key == course_key))
    return {(row.section, row.chinese_digest) for row in rows}
