"""Three-way merge: nothing that only one side did is lost, and what both did differently is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.authoring.merging import Clash, Merged, merge
from app.courses.authoring.rules import digest_of_text
from app.courses.authoring.tree_merging import ClashKind, marked, merge_trees

pytestmark = pytest.mark.no_database

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d"]), max_size=8).map("".join)


def rebuilt(merged: Merged, side: str) -> str:
    """What one side would read if every clash went her way."""
    return "".join(part if isinstance(part, str) else "".join(getattr(part, side)) for part in merged.parts)


@given(TEXTS, TEXTS)
def test_where_one_side_did_nothing_the_other_is_the_answer(base: str, other: str) -> None:
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other


@given(TEXTS, TEXTS, TEXTS)
def test_sides_are_alike_and_clashes_hold_everything(base: str, ours: str, theirs: str) -> None:
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.text == other.text
    lines = [
        line for part in one.parts for line in (part.ours + part.theirs if isinstance(part, Clash) else [part])
    ]
    whole = "".join(lines)
    for line in {*ours.split("\n"), *theirs.split("\n")} - set(base.split("\n")):
        assert line in whole
    for clash in one.clashes:
        assert clash.ours != clash.theirs
        assert clash.base not in (clash.ours, clash.theirs)
        assert clash.line <= len(ours.splitlines()) + 1


@given(st.lists(st.integers(0, 9), min_size=4, max_size=12), st.data())
def test_edits_of_lines_apart_come_together(numbers: list[int], data: st.DataObject) -> None:
    lines = [f"{place} {number}\n" for place, number in enumerate(numbers)]
    mine = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    near = {place + step for place in mine for step in (-1, 0, 1)}
    hers = data.draw(st.sets(st.integers(0, len(lines) - 1))) - near
    ours = [f"ours {line}" if place in mine else line for place, line in enumerate(lines)]
    theirs = [f"theirs {line}" if place in hers else line for place, line in enumerate(lines)]
    expected = [theirs[place] if place in hers else line for place, line in enumerate(ours)]
    assert merge("".join(lines), "".join(ours), "".join(theirs)).text == "".join(expected)


def test_clashes_stand_between_marks() -> None:
    merged = merge("a\nb\nc", "a\nx\nc", "a\ny\nc")
    assert merged.text is None
    assert marked(merged, "files", "published") == "a\n<<<<<<< files\nx\n=======\ny\n>>>>>>> published\nc"
    assert (rebuilt(merged, "ours"), rebuilt(merged, "theirs")) == ("a\nx\nc", "a\ny\nc")


def test_files_of_a_tree_merge_one_by_one() -> None:
    texts = {digest_of_text(text): text for text in ("1\n", "2\n", "3\n")}
    one, two, three = texts
    base = {"same": one, "ours": one, "theirs": one, "gone": one, "both": one, "lost": one, "kept": one}
    ours = base | {"ours": two, "both": two, "new": two, "kept": two}
    theirs = base | {"theirs": three, "both": three, "lost": two}
    del ours["lost"], theirs["gone"], theirs["kept"]
    merged = merge_trees(base, ours, theirs, texts.get)
    assert merged.files == {"same": one, "ours": two, "theirs": three, "new": two}
    assert {path: clash.kind for path, clash in merged.clashes.items()} == {
        "both": ClashKind.LINES,
        "lost": ClashKind.GONE_IN_OURS,
        "kept": ClashKind.GONE_IN_THEIRS,
    }
    binary = merge_trees({"x": one}, {"x": two}, {"x": "not a text"}, texts.get)
    assert binary.clashes["x"].kind is ClashKind.WHOLE
