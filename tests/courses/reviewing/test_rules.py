"""Comparisons and anchors, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from app.core import markdown
from app.courses.reviewing import rules
from app.courses.reviewing.rules import Part, RowKind

lines = st.lists(st.sampled_from(["甲", "乙", "丙丁", "a b", ""]), max_size=12)


def test_a_changed_line_is_compared_word_by_word_and_chinese_by_character() -> None:
    [hunk] = rules.compare("一\n答辩期为20日。\n三", "一\n答辩期为30日内。\n三")
    removed, added = (row for row in hunk.rows if row.kind is not RowKind.SAME)
    assert removed.parts == (Part("答辩期为"), Part("20", changed=True), Part("日"), Part("。"))
    assert [part.text for part in added.parts if part.changed] == ["30", "内"]
    assert (removed.old, removed.new, added.old, added.new) == (2, None, None, 2)


def test_equal_texts_have_no_changes_and_far_changes_stand_apart() -> None:
    text = "\n".join(str(number) for number in range(40))
    assert rules.compare(text, text) == []
    assert len(rules.compare(text, text.replace("3\n", "drei\n", 1).replace("37", "siebenunddreissig"))) == 2


@given(lines, lines)
def test_a_comparison_holds_both_texts(old: list[str], new: list[str]) -> None:
    rows = [row for hunk in rules.compare("\n".join(old), "\n".join(new)) for row in hunk.rows]
    before, after = "\n".join(old).splitlines(), "\n".join(new).splitlines()
    for row in rows:
        if row.old:
            assert before[row.old - 1] == row.text
        if row.new:
            assert after[row.new - 1] == row.text
    removed = sum(row.kind is RowKind.REMOVED for row in rows)
    added = sum(row.kind is RowKind.ADDED for row in rows)
    assert len(before) - removed == len(after) - added


def test_only_changed_sections_are_shown_and_those_taken_out_come_last() -> None:
    old = "## 一 {#one}\n\n甲\n\n## 二 {#two}\n\n乙\n\n## 三 {#three}\n\n丙\n"
    new = "## 一 {#one}\n\n甲\n\n## 三 {#three}\n\n丙丁\n\n## 四 {#four}\n\n戊\n"
    found = rules.changed_sections(markdown.parse(old), markdown.parse(new), (old, new))
    assert [(pair.key, pair.title) for pair in found] == [("three", "三"), ("four", "四"), ("two", "二")]
    assert (found[1].before, found[2].after) == (None, None)


def test_words_are_found_again_after_lines_were_added_above() -> None:
    assert rules.place_of("答辩期", 2, "新的一行\n\n答辩期为20日。") == 3
    assert rules.place_of("答辩期", 5, "答辩期\n\n\n\n答辩期") == 5
    assert rules.place_of("答辩期", 2, "全部重写") is None
    assert rules.place_of("", 1, "甲") is None


def test_a_suggestion_replaces_the_words_nearest_to_where_they_stood() -> None:
    assert rules.suggested("甲\n乙\n甲", "甲", 3, "丙") == "甲\n乙\n丙"
    assert rules.suggested("甲\n乙", "丁", 1, "丙") is None
