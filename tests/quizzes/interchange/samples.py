"""Authored questions drawn at random, and small pictures."""

import struct
import zlib
from typing import Any

from hypothesis import strategies as st

from app.quizzes.interchange.model import Question


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


#: One grey pixel.
PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\x00\x80")),
        _chunk(b"IEND", b""),
    )
)

#: Letters, Chinese, and every character that some format or Markdown takes for a mark. Not ^[ for a footnote: QTI
#: cannot say it, which has its own test. Nor code that is only a space: no HTML shows it.
_WORDS = st.text(
    st.sampled_from("abc XY12 专利，。“”（） =~#{}:\\[]<>&*_`%@!|/-+.$^?'\";"), min_size=1, max_size=24
).map(lambda text: f"t{' '.join(text.split()).replace('^[', '^').replace('` `', '`')}t")
_MARKDOWN = st.one_of(
    _WORDS,
    st.lists(_WORDS, min_size=2, max_size=3).map("\n\n".join),
    _WORDS.map(lambda words: f"{words}\n\n- one\n- **two** `x=1`\n\n1. [@us-19-usc-1337 (a)(2)] three"),
    st.just("| a | b |\n| --- | --- |\n| 1 | 2 |"),
    st.just(
        "t $\\frac{a}{b}$，$\\lost$ \\$x\\$\n\n$$\nx % c\n+ y\n$$\n\n- $$z$$\n\n"
        "| $a$ | $$b$$ |\n| --- | --- |\n| $5 | $6 |"
    ),
)


def texts(words: st.SearchStrategy[str] = _MARKDOWN) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({"zh": words, "en": words})


def _feedback(part: dict[str, Any], text: dict[str, str] | None) -> dict[str, Any]:
    return part | ({"feedback": text} if text else {})


@st.composite
def _choices(draw: st.DrawFn, right: int) -> list[dict[str, Any]]:
    count = draw(st.integers(max(2, right), 6))
    correct = draw(st.permutations([True] * right + [False] * (count - right)))
    return [
        _feedback(
            {"id": f"c{number}", "text": draw(texts()), "correct": taken},
            draw(st.none() | texts()),
        )
        for number, taken in enumerate(correct)
    ]


_NUMBERS = st.decimals("-99999", "99999", places=3).map(str)


@st.composite
def _part(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    if kind == "single":
        return {"choices": draw(_choices(1))}
    if kind == "multiple":
        scoring = draw(st.sampled_from(["all_or_nothing", "partial", "partial_with_penalty", "right_minus_wrong"]))
        return {"choices": draw(_choices(draw(st.integers(1, 3)))), "scoring": scoring}
    if kind in {"true_false", "short_text"}:
        phrases = st.lists(_WORDS, min_size=1, max_size=4, unique=True)
        return {"answer": draw(st.booleans())} if kind == "true_false" else {"accept": draw(phrases)}
    if kind == "numeric":
        tolerance = draw(st.sampled_from([0, "0.5", 1, "0.001"]))
        part = {"answer": draw(_NUMBERS), "tolerance": tolerance}
        units = draw(st.sampled_from([None, {"zh": "日", "en": "days"}, {"zh": "万元", "en": "CNY 10,000"}]))
        return part | ({"unit": units} if units else {})
    if kind == "matching":
        count = draw(st.integers(2, 4))
        pairs = [{"id": f"p{n}", "left": draw(texts()), "right": _numbered(f"r{n}")} for n in range(count)]
        if draw(st.booleans()):
            pairs[1]["right"] = pairs[0]["right"]
        more = draw(st.integers(0, 2))
        distractors = [{"id": f"d{n}", "text": _numbered(f"d{n}")} for n in range(more)]
        return {"pairs": pairs} | ({"distractors": distractors} if distractors else {})
    items = [{"id": f"i{n}", "text": draw(texts())} for n in range(draw(st.integers(2, 5)))]
    return {
        "items": items,
        "scoring": draw(st.sampled_from(["position", "all_or_nothing", "adjacent", "longest_run"])),
    }


def _numbered(name: str) -> dict[str, str]:
    return {"zh": f"右侧 {name} =#{{}}", "en": f"right {name} ~:->"}


@st.composite
def questions(draw: st.DrawFn, kind: str) -> Question:
    """A question of a type, with anything an author may write in it."""
    raw: dict[str, Any] = {"type": kind, "prompt": draw(texts())} | draw(_part(kind))
    about = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "feedback": texts(),
                "marks": st.sampled_from([1, 2, "1.5", "0.25"]),
                "objective": st.just("o1"),
                "difficulty": st.integers(1, 3),
                "tags": st.lists(st.sampled_from(["domestic-industry", "clock", "专利"]), min_size=1, unique=True),
                "as_of": st.just("2026-11-01"),
                "law": st.just(["us-19-usc-1337 (a)(2)", "us-19-cfr-210"]),
                "use": st.sampled_from(["bank", "check"]),
            },
        )
    )
    return Question(draw(st.sampled_from(["l2-m1-q01", "q", "337-clock"])), raw | about)
