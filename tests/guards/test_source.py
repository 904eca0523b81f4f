"""The rules of the house, held against the project, and each seen to catch a planted violation."""

import re
import tomllib
from pathlib import Path

import pytest

from app.config import PROJECT
from tests.guards import source

#: PDF templates are no pages: WeasyPrint reads their style element, no browser does.
PRINTED = ("app/templates/certificates/pdf", "app/templates/experts/pdf")

EVERYTHING = ("app/**/*.py", "tests/**/*.py", "bench/**/*.py", "script/*.py", "migrations/**/*.py")


def test_only_transaction_commits() -> None:
    assert source.complaints(source.commits, "app/**/*.py") == []


def test_views_write_no_sql() -> None:
    assert source.complaints(source.statements_in_views, "app/*/views.py", "app/*/views/*.py") == []


def test_the_present_comes_from_the_clock() -> None:
    assert source.complaints(source.clocks, "app/**/*.py") == []


def test_nobody_sleeps() -> None:
    assert source.complaints(source.waits, *EVERYTHING) == []


def test_files_and_functions_keep_their_size() -> None:
    assert source.complaints(source.sizes, *EVERYTHING, "app/static/js/**/*.js", "app/templates/**/*.html") == []


def test_pages_have_no_inline_style_or_script() -> None:
    found = source.complaints(source.inline, "app/templates/**/*.html")
    assert [line for line in found if not line.startswith(PRINTED)] == []


def test_sentences_are_found_by_the_catalogues() -> None:
    assert source.complaints(source.messages, "app/**/*.py") == []


def test_lock_files_name_no_registry() -> None:
    assert source.complaints(source.addresses, "*.lock", "package-lock.json") == []


def test_lock_files_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    for lock, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", [*project["dependencies"], *project["optional-dependencies"]["dev"]]),
    ):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (PROJECT / lock).read_text(), re.MULTILINE))
        names = {re.split(r"[\[<>=; ]", entry)[0].lower().replace(".", "-") for entry in wanted}
        assert names - locked == set(), f"{lock}: run script/lock"


@pytest.mark.parametrize(
    ("rule", "path", "planted", "complaint"),
    [
        (source.commits, "app/a/services.py", "db.session.commit()", "a commit outside"),
        (source.statements_in_views, "app/a/views.py", "from sqlalchemy import select\nselect(A)", "select()"),
        (source.statements_in_views, "app/a/views.py", "db.select(A)", "select()"),
        (source.statements_in_views, "app/a/views.py", "db.session.scalars(x)", "scalars()"),
        (source.clocks, "app/a/rules.py", "datetime.now(UTC)", "datetime.now()"),
        (source.clocks, "app/a/rules.py", "datetime.datetime.utcnow()", "datetime.utcnow()"),
        (source.clocks, "app/a/rules.py", "date.today()", "date.today()"),
        (source.waits, "tests/a.py", "import time\ntime.sleep(1)", "tests/a.py:2: sleep()"),
        (source.waits, "tests/a.py", "page.wait_for_timeout(500)", "wait_for_timeout()"),
        (source.sizes, "app/a.py", "\n" * 501, "501 lines"),
        (source.sizes, "app/a.py", "def f():\n" + "    x\n" * 60, "f has 61 lines"),
        (source.inline, "a.html", '<p style="color:red">', "an inline style"),
        (source.inline, "a.html", "<style>p {}</style>", "a style element"),
        (source.inline, "a.html", "<p>\n<script>x()</script>", "a.html:2: an inline script"),
        (source.inline, "a.html", '<a onclick="x()">', "an event attribute"),
        (source.messages, "app/a.py", "from app.core.messages import Message\nMessage('x')", "made without N_()"),
        (source.messages, "app/a.py", "N_(f'a {x}')", "no literal"),
        (source.messages, "app/a.py", "N_('a %(x)s', y=1)", "other values"),
        (source.messages, "app/a.py", "N_('a %(x)s', x='two words' if y else z)", "two words"),
        (source.addresses, "a.lock", "a==1 @ https://host/a", "an address"),
    ],
)
def test_each_rule_catches_a_planted_violation(rule: source.Rule, path: str, planted: str, complaint: str) -> None:
    (found,) = rule(Path(path), planted)
    assert complaint in found


@pytest.mark.parametrize(
    ("rule", "path", "planted"),
    [
        (source.commits, "app/core/database.py", "session.commit()"),
        (source.statements_in_views, "app/a/views.py", "list_people().select(1)\nfiles.text()"),
        (source.clocks, "app/core/clock.py", "datetime.now(UTC)"),
        (source.clocks, "app/a/rules.py", "clock.now()"),
        (source.messages, "app/a.py", "N_('a %(x)s' ' b', x=N_('two words') if y else ', '.join(z))"),
        (source.inline, "a.html", '{# <p style="x"> #}<script src="a.js"></script><p data-style="x">'),
        (source.sizes, "app/a.py", "def f():\n" + "    x\n" * 59),
    ],
)
def test_the_rules_let_pass_what_is_right(rule: source.Rule, path: str, planted: str) -> None:
    assert rule(Path(path), planted) == []
