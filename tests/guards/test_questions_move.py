"""Wherever a question is drawn its items can be moved, as on a paper: the page loads look and script."""

import re
from pathlib import Path

import pytest

from app.config import PROJECT

pytestmark = pytest.mark.no_database

TEMPLATES = PROJECT / "app" / "templates"
SCRIPTS = PROJECT / "app" / "static" / "js"
#: What draws a question with its fields.
DRAWS = re.compile(r"questions\.question\(|question_of\.shown\(|{{ question\(")
INCLUDES = re.compile(r"{% include \"([\w/.-]+)\"")
LOADS = re.compile(r"filename='js/([\w/.-]+)'")


def whole(path: Path) -> str:
    """A template with what it includes."""
    text = path.read_text(encoding="utf-8")
    return text + "".join(whole(TEMPLATES / name) for name in INCLUDES.findall(text))


def moves(script: str) -> bool:
    """Does a script, or one it imports, know of items to be put in order?"""
    text = (SCRIPTS / script).read_text(encoding="utf-8")
    return "exam-order.js" in text or "questions.js'" in text


def test_pages_with_questions_load_what_moves_their_items() -> None:
    drawing = {
        str(path.relative_to(TEMPLATES)): text
        for path in TEMPLATES.rglob("*.html")
        if "{% extends " in path.read_text(encoding="utf-8") and DRAWS.search(text := whole(path))
    }
    assert {"quizzes/paper.html", "courses/lesson.html", "courses/editing/question.html"} <= drawing.keys()
    assert [page for page, text in drawing.items() if "css/questions.css" not in text] == []
    assert [page for page, text in drawing.items() if not any(map(moves, LOADS.findall(text)))] == []
