"""What no source file of the project may hold; each rule takes a path and a text and returns complaints.

Exceptions stand in the tests beside their reasons, never in the rules.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from app.config import PROJECT

#: ``rule(path from the project's root, text)`` → complaints
Rule = Callable[[Path, str], list[str]]

MAX_FILE = 500
MAX_FUNCTION = 60


def files(*patterns: str) -> Iterator[tuple[Path, str]]:
    """The project's files that match, with their texts; nothing vendored or generated."""
    for pattern in patterns:
        for path in sorted(PROJECT.glob(pattern)):
            inner = path.relative_to(PROJECT)
            if path.is_file() and not {"vendor", "__pycache__"} & set(inner.parts):
                yield inner, path.read_text()


def complaints(rule: Rule, *patterns: str) -> list[str]:
    """Everything a rule complains of in the matching files."""
    return [complaint for path, text in files(*patterns) for complaint in rule(path, text)]


@cache
def _calls(text: str) -> list[tuple[int, str, str]]:
    """Line, owner and name of each call: ``db.session.commit()`` gives ``db.session`` and ``commit``."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.append((node.lineno, "", node.func.id))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.append((node.lineno, ast.unparse(node.func.value), node.func.attr))
    return found


def commits(path: Path, text: str) -> list[str]:
    """Only ``transaction()`` commits."""
    if path == Path("app/core/database.py"):
        return []
    return [f"{path}:{line}: a commit outside transaction()" for line, _, name in _calls(text) if name == "commit"]


def statements_in_views(path: Path, text: str) -> list[str]:
    """Views ask queries and services; they write no SQL."""
    words = {"select", "insert", "update", "delete", "text"}
    imported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    return [
        f"{path}:{line}: {name}() in a view"
        for line, owner, name in _calls(text)
        if (name in words and (owner == "db" or (not owner and name in imported)))
        or (owner == "db.session" and name in {"execute", "scalar", "scalars", "get", "get_one", "query"})
    ]


def clocks(path: Path, text: str) -> list[str]:
    """The present comes from app.core.clock alone."""
    if path == Path("app/core/clock.py"):
        return []
    wrong = {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
    }
    return [
        f"{path}:{line}: {owner.rpartition('.')[2]}.{name}(); ask app.core.clock"
        for line, owner, name in _calls(text)
        if (owner.rpartition(".")[2], name) in wrong
    ]


def waits(path: Path, text: str) -> list[str]:
    """Nobody waits a fixed time for something that can be observed."""
    lines = text.splitlines()
    return [
        f"{path}:{line}: {name}()"
        for line, _, name in _calls(text)
        if name in {"sleep", "wait_for_timeout"} and "paced:" not in lines[line - 1]
    ]


def sizes(path: Path, text: str) -> list[str]:
    """Files of at most 500 lines, functions of at most 60.

    Migrations' functions are exempt: a list of what happens to each table in one order, which nobody calls but
    Alembic and which is never changed once it has run. Split, it would read no better.
    """
    found = []
    lines = text.count("\n")
    if lines > MAX_FILE:
        found.append(f"{path}: {lines} lines")
    if path.suffix == ".py" and path.parts[0] != "migrations":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    found.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
    return found


_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_INLINE = (
    (re.compile(r"\sstyle\s*="), "an inline style"),
    (re.compile(r"<style\b"), "a style element"),
    (re.compile(r"<script(?![^>]*\b(?:src=|type=.application/json))"), "an inline script"),
    (re.compile(r"<[^>{]*\son[a-z]+\s*="), "an event attribute"),
)


def inline(path: Path, text: str) -> list[str]:
    """The content security policy blocks inline style and script."""
    bare = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    return [
        f"{path}:{bare.count(chr(10), 0, match.start()) + 1}: {what}"
        for pattern, what in _INLINE
        for match in pattern.finditer(bare)
    ]


def addresses(path: Path, text: str) -> list[str]:
    """A lock file that names a registry works in one place only."""
    return [
        f"{path}:{number}: an address in a lock file"
        for number, line in enumerate(text.splitlines(), 1)
        if "://" in line and '"url"' not in line
    ]


def messages(path: Path, text: str) -> list[str]:
    """A sentence for people is a literal, so that the catalogues find it, and what fills it is no English."""
    found = []
    ours = "from app.core.messages import" in text
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        where = f"{path}:{node.lineno}"
        if node.func.id == "Message" and ours:
            found.append(f"{where}: a Message made without N_()")
        if node.func.id != "N_":
            continue
        if len(node.args) != 1 or not isinstance(sentence := getattr(node.args[0], "value", None), str):
            found.append(f"{where}: N_() of what is no literal")
            continue
        named = {keyword.arg or "**" for keyword in node.keywords}
        if named != set(re.findall(r"%\((\w+)\)[sd]", sentence)):
            found.append(f"{where}: other values than “{sentence}” has places for")
        words = [word for keyword in node.keywords for word in _words_in(keyword.value)]
        found += [f"{where}: “{word}” fills a sentence untranslated" for word in words]
    return found


def _words_in(node: ast.AST) -> Iterator[str]:
    """English words in the literals of an expression; what N_() marks has its own translation."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
        return
    literal = node.value if isinstance(node, ast.Constant) else None
    if isinstance(literal, str) and re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", literal):
        yield literal
    for child in ast.iter_child_nodes(node):
        yield from _words_in(child)
