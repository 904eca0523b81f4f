"""Entries of a YAML list that leave their file or go to another one, line by line as they were written. Pure."""

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.core.errors import Invalid, NotFound
from app.courses.editing.yaml_files import change, dump, load, plain, styled


def take(text: str, name: str, key: str) -> tuple[str, str]:
    """Cut the entry with this id out of a list: the text without it, and its lines with the comment right above.

    Every other byte stays. Raises NotFound, Invalid when the text is no YAML mapping.
    """
    data = load(text)
    entries = data.get(name)
    index = next((i for i, one in enumerate(entries or ()) if _id_of(one) == key), None)
    if not isinstance(entries, CommentedSeq) or index is None:
        raise NotFound
    entry = plain(entries[index])
    rest = {**plain(data), name: [one for i, one in enumerate(plain(entries)) if i != index]}
    lines = text.splitlines(keepends=True)
    start, column, end = _span(lines, entries, index)
    block = "".join(line[column:] if line.strip() else line for line in lines[start:end])
    left = lines[:start] + lines[end:]
    if len(entries) == 1:
        left = [f"{name}: []\n" if line.rstrip() == f"{name}:" else line for line in left]
    if _says("".join(left), rest) and _says(f"{name}:\n{block}", {name: [entry]}):
        return "".join(left), block

    def edit(node: CommentedMap) -> None:
        del node[name][index]

    return change(text, edit), dump(CommentedSeq([styled(entry, within=True)]))


def give(text: str, name: str, block: str, place: int) -> str:
    """Put lines that ``take`` cut out into a list, at a place counted from 0. Raises Invalid."""
    data = load(text)
    entries: CommentedSeq = data.get(name) or CommentedSeq()
    [entry] = plain(load(f"entry:\n{block}"))["entry"]
    place = max(0, min(place, len(entries)))
    wanted = {**plain(data), name: [*plain(entries)[:place], entry, *plain(entries)[place:]]}
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if not entries:
        at = next((i for i, line in enumerate(lines) if line.split("#")[0].rstrip() == f"{name}: []"), None)
        if at is not None:
            lines[at] = f"{name}:\n"
        column, at = 2, (at or 0) + 1
    else:
        column = _span(lines, entries, 0)[1]
        at = _span(lines, entries, place - 1)[2] if place else _span(lines, entries, 0)[0]
    placed = [f"{' ' * column}{line}" if line.strip() else line for line in block.splitlines(keepends=True)]
    given = "".join([*lines[:at], *placed, *lines[at:]])
    if _says(given, wanted):
        return given

    def edit(node: CommentedMap) -> None:
        if not node.get(name):
            node[name] = CommentedSeq()
        node[name].insert(place, styled(entry, within=True))

    return change(text, edit)


def _id_of(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, Mapping) else None


def _says(text: str, values: Any) -> bool:
    try:
        return bool(plain(load(text)) == values)
    except Invalid:
        return False


def _span(lines: list[str], entries: CommentedSeq, index: int) -> tuple[int, int, int]:
    """First line, column of the dash, and the line behind an entry of a list that is written line by line.

    A comment right above it is part of it.
    """
    start, content = entries.lc.data[index][:2]
    column = lines[start].find("-")
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > column):
        end += 1
    while end > start + 1 and (
        not lines[end - 1].strip()
        or (lines[end - 1].lstrip().startswith("#") and _indent(lines[end - 1]) <= content)
    ):
        end -= 1
    while start and lines[start - 1].lstrip().startswith("#") and _indent(lines[start - 1]) == column:
        start -= 1
    return start, max(column, 0), end


def _is_between(line: str, content: int) -> bool:
    """Is it a blank line, or a comment that belongs to what follows?"""
    return not line.strip() or (line.lstrip().startswith("#") and _indent(line) <= content)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
