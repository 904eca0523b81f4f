"""Search inside a course: two characters are enough, the reader's own revision, outsiders get nothing."""

import shutil
from pathlib import Path

import pytest

from app.core.database import release
from app.courses import queries as courses
from app.courses.studying import queries
from app.courses.studying.rules.searching import asked_words, snippet, whole
from app.jobs.services import run_due_jobs
from tests.support.cast import Cast
from tests.support.courses import SMALL, enrol, sync_folder
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

ADDRESS = "/courses/small/search"


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()
    release()
    run_due_jobs()


def found(words: str, locale: str = "zh_Hans") -> list[tuple[str, str, str]]:
    outline = courses.outline(courses.current_revision_id(courses.get_course("small")))
    results = queries.search(outline, words, locale)
    assert results.is_complete
    assert results.total == len(results.found)
    return [(item.lesson.key, item.section_key, item.language) for item in results.found]


def test_only_those_who_study_or_teach_the_course_search_in_it(cast: Cast, visit: Visitors) -> None:
    visit(cast.outsider).get(f"{ADDRESS}?q=机关", status=403)
    visit(cast.trainee).get(f"{ADDRESS}?q=机关", status=403)
    visit(cast.instructor).get(f"{ADDRESS}?q=机关")
    visit(cast.outsider).get("/courses/none/search?q=机关", status=404)


def test_two_characters_part_of_a_word_and_the_other_language_are_found() -> None:
    assert found("机关") == [("basics", "one", "zh")]
    assert found("exclu") == [("basics", "one", "en")]
    assert found("EXCLUSION agency", "en") == [("basics", "one", "en")]
    assert found("实务") == [("basics", "two", "zh")]
    assert found("答辩 20") == [("basics", "two", "zh")]


def test_every_word_must_stand_in_the_section_and_titles_count_most() -> None:
    assert found("机关 信") == []
    assert found("没有这个词") == []
    assert found('"*) OR 1') == []
    assert found("，。§") == []
    assert [section for _lesson, section, _language in found("section")][:2] == ["one", "two"]


def test_the_page_shows_links_with_what_was_found_marked(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    page = browser.page(f"{ADDRESS}?q=机关")
    (result,) = page.cssselect(".search-results li")
    assert result.cssselect("a")[0].get("href") == "/courses/small/m1-first/basics#one"
    assert [mark.text for mark in result.cssselect("mark")] == ["机关"]
    assert "没有找到" in browser.page(f"{ADDRESS}?q=没有这个词").text_content()
    assert browser.page(ADDRESS).cssselect("form[role=search]")
    english = browser.page(f"{ADDRESS}?q=agency").cssselect(".search-results li")[0]
    assert english.cssselect("a")[0].get("lang") == "en"
    with counted_statements() as seen:
        browser.get(f"{ADDRESS}?q=机关")
    assert len(seen) <= 8, seen


def test_a_reader_searches_the_revision_she_started(cast: Cast, visit: Visitors, tmp_path: Path) -> None:
    enrol(cast.trainee)
    folder = tmp_path / "content"
    shutil.copytree(SMALL, folder)
    lesson = folder / "courses" / "small" / "m1-first" / "01-basics.zh.md"
    lesson.write_text(lesson.read_text().replace("由机关发布", "由委员会发布"))
    sync_folder(folder)
    enrol(cast.cohort_mate)
    page = visit(cast.cohort_mate).page(f"{ADDRESS}?q=委员会")
    assert "正在建立索引" in page.text_content()
    run_due_jobs()
    assert len(visit(cast.cohort_mate).page(f"{ADDRESS}?q=委员会").cssselect(".search-results li")) == 1
    assert len(visit(cast.trainee).page(f"{ADDRESS}?q=委员会").cssselect(".search-results li")) == 0
    assert len(visit(cast.trainee).page(f"{ADDRESS}?q=由机关").cssselect(".search-results li")) == 1


def test_a_snippet_begins_before_the_hit_and_marks_every_word() -> None:
    text = "开头" * 40 + "这里说排除令，后面还有 Exclusion Order 一次。" + "结尾" * 60
    pieces = snippet(asked_words("排除令 exclusion"), text)
    assert [piece.text for piece in pieces if piece.hit] == ["排除令", "Exclusion"]
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")
    assert len("".join(piece.text for piece in pieces)) <= 122
    assert [(piece.text, piece.hit) for piece in whole(asked_words("337调查"), "337 调查的步骤")] == [
        ("337 调查", True),
        ("的步骤", False),
    ]
