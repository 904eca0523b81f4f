"""Loading content: idempotent, one revision only where something changed, a trainee keeps hers."""

import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core import events
from app.core.database import db
from app.core.digests import digest_of
from app.courses import queries
from app.courses.events import ContentSynced
from app.courses.models import CourseRevision, ModuleRevision
from app.library.models import InstrumentRevision
from app.library.queries import library
from app.quizzes.models import Question, QuestionRevision, Quiz, QuizRevision, QuizRevisionItem
from app.quizzes.queries import get_quiz_revision
from app.quizzes.rules import DoubleMarking, Phase, QuizSettings, Review, seal
from tests.support.cast import Cast
from tests.support.courses import SMALL, answer_everything, enrol, read_everything, sync_folder

REVISIONS = (CourseRevision, ModuleRevision, InstrumentRevision, QuestionRevision, QuizRevision)


def revisions() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in REVISIONS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "content"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_the_first_sync_makes_one_revision_of_everything() -> None:
    changes = sync_folder()
    assert "course small: revision 1" in changes
    assert "library: us-test-act revision 1" in changes
    assert revisions()[:4] == [1, 2, 2, 5]


def test_syncing_again_changes_nothing() -> None:
    sync_folder()
    before = revisions()
    assert sync_folder() == []
    assert revisions() == before


def test_only_what_changed_gets_a_revision(folder: Path) -> None:
    sync_folder(folder)
    edit(folder, "courses/small/m2-second/01-rule.zh.md", "规定的第三条", "该规定第三条")
    assert sync_folder(folder) == ["module small/m2-second: revision 2", "course small: revision 2"]
    assert revisions()[:4] == [2, 3, 2, 5]


def test_going_back_to_an_earlier_text_takes_up_its_revision(folder: Path) -> None:
    sync_folder(folder)
    edit(folder, "courses/small/m2-second/01-rule.zh.md", "规定的第三条", "该规定第三条")
    sync_folder(folder)
    edit(folder, "courses/small/m2-second/01-rule.zh.md", "该规定第三条", "规定的第三条")
    sync_folder(folder)
    assert queries.current_revision(queries.get_course("small")).number == 1


def test_a_changed_check_question_makes_a_new_module_revision_a_bank_question_does_not(folder: Path) -> None:
    sync_folder(folder)
    questions = "courses/small/m1-first/questions.yaml"
    edit(folder, questions, "谁发布排除令？", "排除令由谁发布？")
    assert "module small/m1-first: revision 2" in sync_folder(folder)
    edit(folder, questions, "答辩有几日？", "答辩期是几日？")
    assert sync_folder(folder) == []


def test_a_trainee_keeps_the_revision_she_started(folder: Path, cast: Cast) -> None:
    sync_folder(folder)
    first = enrol(cast.trainee).course_revision_id
    edit(folder, "courses/small/m2-second/01-rule.zh.md", "规定的第三条", "该规定第三条")
    sync_folder(folder)
    assert enrol(cast.trainee).course_revision_id == first
    assert enrol(cast.cohort_mate).course_revision_id != first
    mine = queries.outline(first)
    lesson = mine.find_lesson("m2-second", "rule")
    assert lesson is not None
    assert "规定的第三条" in str(queries.lesson_text(mine, lesson, "zh_Hans", library()).sections[0].blocks)


def test_a_trainee_in_an_old_revision_completes_by_that_one(folder: Path, cast: Cast) -> None:
    sync_folder(folder)
    enrol(cast.trainee)
    for language, words in (("zh", "## 新节 {#more}\n\n新文字。"), ("en", "## More {#more}\n\nNew words.")):
        path = folder / f"courses/small/m2-second/01-rule.{language}.md"
        path.write_text(f"{path.read_text()}\n{words}\n")
    sync_folder(folder)
    read_everything(cast.trainee)
    answer_everything(cast.trainee)
    course = queries.get_course("small")
    standing = queries.standing_of([cast.trainee.id], [course.id])[cast.trainee.id, course.id]
    assert standing.evidence.studied
    assert standing.sections_total == 4
    assert queries.current_revision(course).sections_total == 5


def test_what_is_gone_from_the_files_is_no_longer_listed(folder: Path) -> None:
    sync_folder(folder)
    shutil.rmtree(folder / "courses" / "small")
    (folder / "programmes" / "small-programme.yaml").unlink()
    (folder / "library/cn/cn-test-rule.yaml").unlink()
    assert sync_folder(folder) == ["library: cn-test-rule is no longer listed", "course small: no longer listed"]
    assert queries.catalogue() == []


def test_upper_packages_hear_of_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setitem(
        events._handlers, ContentSynced, [lambda event: heard.append(",".join(event.content.programmes))]
    )
    sync_folder()
    assert heard == ["small-programme"]


def test_the_command_is_quick_when_nothing_changed(app: Flask, folder: Path) -> None:
    runner = app.test_cli_runner()
    first = runner.invoke(args=["content", "sync", "--folder", str(folder)])
    assert "course small: revision 1" in first.output, first.output
    second = runner.invoke(args=["content", "sync", "--folder", str(folder)])
    assert second.output == "content: nothing changed\n"


def test_the_command_loads_nothing_when_there_is_a_fault(app: Flask, folder: Path) -> None:
    edit(folder, "courses/small/course.yaml", "hours: 3", "hours: 4")
    result = app.test_cli_runner().invoke(args=["content", "sync", "--folder", str(folder)])
    assert result.exit_code == 1
    assert "content/courses/small/course.yaml:8:8" in result.output
    assert revisions() == [0, 0, 0, 0, 0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5), st.randoms())
def test_a_digest_does_not_depend_on_the_order_of_keys(data: dict[str, object], random: object) -> None:
    keys = list(data)
    random.shuffle(keys)  # type: ignore[attr-defined]
    assert digest_of({key: data[key] for key in keys}) == digest_of(data)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1), st.text(min_size=1, max_size=3))
def test_a_digest_changes_with_any_value(data: dict[str, str], more: str) -> None:
    key = sorted(data)[0]
    assert digest_of({**data, key: data[key] + more}) != digest_of(data)


@profile(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(edits=st.lists(st.sampled_from(["规定", "该规定", "本规定", "上述规定"]), min_size=1, max_size=4))
def test_any_sequence_of_edits_is_synced_idempotently(folder: Path, edits: list[str]) -> None:
    path = folder / "courses/small/m2-second/01-rule.zh.md"
    for words in edits:
        path.write_text(f"## 规定 {{#rule}}\n\n{words}的第三条[@cn-test-rule 3]。\n")
        sync_folder(folder)
        before = revisions()
        assert sync_folder(folder) == []
        assert revisions() == before
    digests = list(db.session.scalars(select(CourseRevision.digest)))
    assert len(digests) == len(set(digests))
    db.session.rollback()


def test_an_examination_says_everything_in_its_file(folder: Path) -> None:
    path = folder / "courses/small/course.yaml"
    text = path.read_text()
    path.write_text(
        text[: text.index("  feedback: after_submission")]
        + """\
  review: {marks: never, correct: [after_close], feedback: while_open}
  opens_at: 2026-12-01T09:00:00+08:00
  closes_at: "2026-12-01T11:30:00+08:00"
  score_kept: average
  navigation: forward_sections
  access_code: jade-7731
  networks: [10.20.0.0/16, "2001:db8::/32"]
  honour: {zh: 我独立作答。, en: I work alone.}
  identity_check: true
  double_marking: {difference: 12.5}
  release: together
  pause_minutes: 10
  shuffle: false
  sections:
    - title: {zh: 甲, en: A}
      introduction: {zh: 请先读。, en: Read first.}
      pools:
        - {difficulty: 2, pick: 1}
        - {module: m2-second, pick: 1}
    - title: {zh: 乙, en: B}
      pools:
        - {difficulty: [1, 2, 3], pick: 1}
"""
    )
    sync_folder(folder)
    course = db.session.scalars(select(CourseRevision).order_by(CourseRevision.number.desc())).first()
    assert course is not None
    assert "jade-7731" not in json.dumps(course.outline)
    assert course.quiz_id is not None
    revision = get_quiz_revision(course.quiz_id)
    settings = QuizSettings.from_json(revision.settings)
    assert settings.access_code == seal("jade-7731", db.session.get_one(Quiz, revision.quiz_id).key)
    assert settings.networks == (("10.20.0.0/16", "2001:db8::/32"))
    assert (settings.score_kept, settings.navigation) == ("average", "forward_sections")
    assert settings.release == "together"
    assert settings.opens_at == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert settings.double_marking == DoubleMarking(Decimal("12.5"))
    assert [section.title["en"] for section in settings.sections] == ["A", "B"]
    assert settings.review == Review(
        marks=frozenset(), correct=frozenset({Phase.AFTER_CLOSE}), feedback=frozenset({Phase.WHILE_OPEN})
    )
    assert (settings.identity_check, settings.pause_minutes, settings.shuffle) == (True, 10, False)
    # each question stands in the first pool that it fits
    members = db.session.execute(
        select(QuizRevisionItem.pool, Question.key)
        .join(QuestionRevision, QuestionRevision.id == QuizRevisionItem.question_revision_id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .where(QuizRevisionItem.quiz_revision_id == revision.id)
        .order_by(QuizRevisionItem.pool)
    )
    assert [tuple(row) for row in members] == [(0, "t-m1-q1"), (1, "t-m2-q1"), (2, "t-m1-q2")]
    assert [pool.get("section", 0) for pool in revision.pools] == [0, 0, 1]
