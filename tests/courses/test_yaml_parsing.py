"""libyaml and ruamel agree: the quick way reads what the careful one reads, and complains in its words."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import PROJECT
from app.core.messages import N_
from app.courses.content import parsing
from app.courses.content.files import Finding
from app.courses.content.parsing import parse_yaml

pytestmark = pytest.mark.no_database

ODD = "aZé法\u3000 \t:#-?[]{},&*!|>'\"%@`\\/.+_=~<0189eoxTZnN\n"
WORDS = """yes No true TRUE ~ null 1_000 0o17 017 0x1F 1e3 .5 1. -0 +1 .inf 2026-11-01 12:30
2026-11-01T09:00:00+08:00 1.50 0.0416667 << = ! & - ? x: "a" 'b' [a] {a: b} # %"""
SCALARS = st.one_of(st.text(ODD, max_size=12), st.sampled_from(["", "- a", "a: b", "a #b", *WORDS.split()]))
DOCUMENTS = st.one_of(
    st.lists(st.tuples(st.sampled_from("abcd"), SCALARS), min_size=1, max_size=4).map(
        lambda pairs: "".join(f"{key}: {value}\n" for key, value in pairs)
    ),
    st.lists(SCALARS, max_size=4).map(lambda items: "a:\n" + "".join(f"  - {item}\n" for item in items)),
    st.lists(SCALARS, max_size=3).map(lambda items: "a: [" + ", ".join(items) + "]\n"),
    st.text(ODD, max_size=20).map(lambda text: "a: |\n  " + text.replace("\n", "\n  ") + "\nb: >-\n  x\n\n  y\n"),
    st.text(ODD, max_size=60),
)


def careful(text: str) -> Any:
    try:
        found = parsing._careful(text)
    except RecursionError:  # ruamel's own, on a few lines that no author writes
        return None
    if isinstance(found, Finding | dict):
        return found
    return Finding(1, 1, N_("not a mapping of keys to values"), N_("begin with `key: value` lines"))


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@given(DOCUMENTS)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_file_is_read_as_ruamel_reads_it(text: str) -> None:
    expected = careful(text)
    if expected is None:
        return
    found = parse_yaml(text.encode())
    if isinstance(found, Finding):
        assert found == expected or "alias" in str(found.wrong)
    elif isinstance(expected, dict):
        assert repr(found.data) == repr(expected)


def test_all_shipped_files_are_read_the_quick_way_and_alike() -> None:
    files = sorted((PROJECT / "content").rglob("*.yaml"))
    for path in files[:: max(1, len(files) // 12)]:
        text = path.read_text(encoding="utf-8")
        assert parsing._quick(text) == careful(text), path


def test_aliases_are_refused_before_they_grow() -> None:
    pairs = zip("abcdefg", "bcdefgh", strict=True)
    bomb = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairs)
    assert parse_yaml(bomb.encode()) == Finding(
        2, 8, N_("the alias `*%(anchor)s` stands in the file", anchor="a"), N_("write out what it stands for")
    )
    tagged = parse_yaml(b"a: &a [" + b"x," * 999 + b"]\nb: &b [" + b"*a," * 999 + b"]\nc: !!set\n  ? *b\n")
    assert isinstance(tagged, Finding)
    deep = parse_yaml(b"a: " + b"[" * 5000)
    assert isinstance(deep, Finding)
