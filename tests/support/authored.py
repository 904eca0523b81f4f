"""Courses as hypothesis draws them: whatever an author may write, in any of the ways YAML can be written."""

import json
import shutil
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.support.courses import SMALL

#: What texts are made of: both scripts, what YAML and Markdown mind, and odd spaces and line ends.
WORDS = st.lists(
    st.sampled_from(
        [
            "外观设计",
            "the design",
            "a: b",
            "#",
            "'",
            '"',
            "{x}",
            "- ",
            "é",
            "𠮷",
            "\u3000",
            "100%",
            "*强调*",
            "no",
            "1.0",
            "\\",
        ]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
PHRASES = WORDS.map(lambda words: f"文{words}字")
KEYS = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
ENDS = st.sampled_from(["\n", "\n\n", "", "\r\n"])


def both(draw: Any) -> dict[str, str]:
    return {"zh": draw(PHRASES), "en": draw(PHRASES)}


@st.composite
def questions(draw: Any, key: str, use: str) -> dict[str, Any]:
    """A question of one of four types."""
    cited = "依据[@us-test-act 1]"
    body: dict[str, Any] = {
        "id": key,
        "use": use,
        "objective": "o1",
        "difficulty": draw(st.integers(1, 3)),
        "as_of": "2026-11-01",
        "law": ["us-test-act 1"],
        "prompt": both(draw),
        "feedback": {"zh": cited, "en": cited},
    }
    kind = draw(st.sampled_from(["true_false", "single", "numeric", "ordering"]))
    if kind == "true_false":
        return body | {"type": kind, "answer": draw(st.booleans())}
    if kind == "numeric":
        return body | {"type": kind, "answer": draw(st.integers(-5, 999)), "tolerance": 0}
    entries = [{"id": letter, "text": both(draw)} for letter in "abc"[: draw(st.integers(2, 3))]]
    if kind == "ordering":
        return body | {"type": kind, "items": entries, "scoring": "position"}
    entries[draw(st.integers(0, len(entries) - 1))]["correct"] = True
    return body | {"type": kind, "choices": entries}


@st.composite
def lessons(draw: Any, checks: list[str]) -> tuple[str, str]:
    """A lesson in both languages, with check questions in the flow."""
    keys = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
    texts = []
    for _language in ("zh", "en"):
        lines = []
        for index, key in enumerate(keys):
            lines += [f"## {draw(PHRASES)} {{#{key}}}", "", f"{draw(PHRASES)}[@us-test-act 1]", ""]
            if index == 0:
                lines += [line for check in checks for line in (f"::: question {check}", ":::", "")]
        texts.append("\n".join(lines) + draw(ENDS))
    return texts[0], texts[1]


@st.composite
def modules(draw: Any, course: str, key: str) -> dict[str, str]:
    checks = [f"{course}-{key}-c{number}" for number in range(draw(st.integers(0, 2)))]
    bank = [f"{course}-{key}-q{number}" for number in range(draw(st.integers(1, 2)))]
    zh, en = draw(lessons(checks))
    module = {
        "id": key,
        "title": both(draw),
        "summary": both(draw),
        "as_of": "2026-11-01",
        "jurisdictions": ["US"],
        "hours": 1,
        "objectives": [{"id": "o1", **both(draw)}],
        "law": ["us-test-act"],
        "lessons": [{"id": "only", "title": both(draw), "minutes": draw(st.integers(1, 60))}],
    }
    asked = [draw(questions(name, "check")) for name in checks] + [draw(questions(name, "bank")) for name in bank]
    return {
        f"{key}/module.yaml": dumped(draw, module),
        f"{key}/01-only.zh.md": zh,
        f"{key}/01-only.en.md": en,
        f"{key}/questions.yaml": dumped(draw, {"questions": asked}),
    }


def dumped(draw: Any, data: dict[str, Any]) -> str:
    """The data as YAML: a comment, keys in any order, and values as JSON writes them (YAML reads both)."""
    keys = draw(st.permutations(sorted(data)))
    indent = draw(st.sampled_from([None, 2]))
    lines = [draw(st.sampled_from(["# 说明：保留\n", "", "\n"]))]
    for key in keys:
        lines.append(f"{key}: {json.dumps(data[key], ensure_ascii=False, indent=indent)}\n")
    return "".join(line.replace("\n", "\n  ").rstrip(" ") if line.count("\n") > 1 else line for line in lines)


@st.composite
def contents(draw: Any) -> dict[str, str]:
    """The files of one or two courses, by path below ``courses/``."""
    files: dict[str, str] = {}
    for course in draw(st.lists(KEYS, min_size=1, max_size=2, unique=True)):
        keys = draw(st.lists(KEYS, min_size=1, max_size=2, unique=True))
        for key in keys:
            files |= {f"{course}/{path}": text for path, text in draw(modules(course, key)).items()}
        data: dict[str, Any] = {
            "id": course,
            "code": "X1",
            "track": draw(st.sampled_from("LU")),
            "title": both(draw),
            "summary": both(draw),
            "as_of": "2026-11-01",
            "jurisdictions": ["US"],
            "hours": len(keys),
            "modules": keys,
        }
        if draw(st.booleans()):
            data["exam"] = {
                "id": f"{course}-final",
                "title": both(draw),
                "minutes": 30,
                "pass_mark": 60,
                "attempts": 2,
                "pools": [{"module": keys[0], "pick": 1}],
            }
        files[f"{course}/course.yaml"] = dumped(draw, data)
    return files


def write(root: Path, files: dict[str, str]) -> None:
    """The files, with the library and organisations of the small content beside them."""
    for name in ("organisations.yaml", "glossary.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SMALL / name, root / name)
    shutil.copytree(SMALL / "library", root / "library")
    for path, text in files.items():
        target = root / "courses" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
