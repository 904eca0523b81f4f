"""The legal library: pages, search with two-character terms, who cites what."""

import shutil
from pathlib import Path

import pytest

from app.library import queries
from app.library.rules import InstrumentNote, citation_words, full_name, jurisdiction_name
from tests.support.cast import Cast
from tests.support.courses import SMALL, enrol, sync_folder
from tests.support.pages import Visitors
from tests.support.statements import counted_statements


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()


def test_search() -> None:
    for words, found in (
        ("专利", ["cn-test-rule"]),
        ("测试", ["cn-test-rule", "us-test-act"]),
        ("利专", []),
        ("ACT", ["us-test-act"]),
        ("测试令第1号", ["cn-test-rule"]),
        ("测试 专利", ["cn-test-rule"]),
        ("条文", ["us-test-act"]),
        ('"', ["cn-test-rule", "us-test-act"]),
        ('专利" OR words:*', []),
        ("'; DROP TABLE people; --", []),
        ("", ["cn-test-rule", "us-test-act"]),
        ("不存在 测试", []),
    ):
        assert [row.key for row in queries.list_instruments(words=words)] == found, words
        assert sum(queries.jurisdiction_counts(words).values()) == len(found), words


def test_a_changed_instrument_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    path = folder / "library/cn/cn-test-rule.yaml"
    path.write_text(path.read_text().replace("《专利测试规定》", "《商标测试规定》").replace("专利", "商标"))
    sync_folder(folder)
    assert [row.key for row in queries.list_instruments(words="商标")] == ["cn-test-rule"]
    assert queries.list_instruments(words="专利") == []
    assert [revision.number for revision in queries.revisions_of(queries.get_instrument("cn-test-rule"))] == [2, 1]


def test_the_list_filters_by_jurisdiction(cast: Cast, visit: Visitors) -> None:
    page = visit(cast.trainee).page("/library?jurisdiction=CN")
    assert [link.get("href") for link in page.cssselect("tbody a")] == ["/library/cn-test-rule"]
    assert "没有找到" in visit(cast.trainee).page("/library?q=xyzzy").text_content()


def test_the_instrument_page_says_state_review_provisions_and_who_cites_it(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    page = visit(cast.trainee).page("/library/us-test-act")
    words = page.text_content()
    for expected in ("现行有效", "已与官方文本核对", "测试条文一", "2000年2月1日", "小课程"):
        assert expected in words
    assert page.cssselect("#pin-1")
    assert {link.get("href") for link in page.cssselect("#cited-in ~ ul a")} == {
        "/courses/small/m1-first/basics",
        "/courses/small/m1-first/case",
    }
    assert "尚未与官方文本核对" in visit(cast.trainee).page("/library/cn-test-rule").text_content()


def test_unknown_instruments_are_not_found(cast: Cast, visit: Visitors) -> None:
    visit(cast.trainee).get("/library/none", status=404)


def test_the_glossary(cast: Cast, visit: Visitors) -> None:
    assert "排除令" in visit(cast.trainee).page("/library/glossary").text_content()


def test_the_library_is_read_once_while_nothing_changes() -> None:
    queries.library()
    with counted_statements() as seen:
        queries.library()
    assert len(seen) == 1


def test_citations_are_written_out() -> None:
    note = queries.library().instruments["us-test-act"]
    assert citation_words(note, "2(a)", "zh_Hans") == "测试法第2(a)条"
    assert citation_words(note, "2(a)", "en") == "Test Act § 2(a)"
    assert citation_words(note, "2(a)", "en", again=True) == "§ 2(a)"
    assert full_name(note, "2(a)", "zh_Hans") == "《测试法》，第2(a)条，1 U.S.C. § 1"
    bare = InstrumentNote("x", "US", {"title": {"zh": "甲", "en": "A"}, "review": "reviewed"})
    assert citation_words(bare, "", "en") == "A"


def test_jurisdictions_have_names() -> None:
    assert jurisdiction_name("US", "zh_Hans") == "美国"
    assert jurisdiction_name("INT", "en") == "International treaties"
    assert jurisdiction_name("XQ", "en") == "XQ"
