"""Faults an author can mend: where, what is wrong, and what to write instead."""

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.core.messages import Message
from app.courses.content import misfits
from app.courses.content.files import FilePath, Finding, Location
from app.courses.content.parsing import Parsed, parse_yaml

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. ``line`` and ``column`` count from 1, as editors do."""

    file: str
    line: int
    column: int
    wrong: Message
    mend: Message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.wrong}; {self.mend}"


class ContentFaults(Exception):
    """The content cannot be loaded; ``faults`` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults in the content")
        self.faults = faults


class Report:
    """Collects the faults of one run; paths are shown relative to the content folder's parent."""

    def __init__(self, root: FilePath | None = None) -> None:
        self.parent = f"{root.parent.as_posix()}/" if root else ""
        self.faults: list[Fault] = []

    def shown(self, path: FilePath) -> str:
        return path.as_posix().removeprefix(self.parent)

    def add(self, path: FilePath, line: int, column: int, wrong: Message, mend: Message) -> None:
        self.faults.append(Fault(self.shown(path), line, column, wrong, mend))


class YamlDocument:
    """A parsed YAML file that can say where everything stands."""

    def __init__(self, path: FilePath, report: Report, parsed: Parsed) -> None:
        self.path = path
        self.report = report
        self.parsed = parsed

    @property
    def data(self) -> dict[Any, Any]:
        """The file in plain values, to be read only."""
        return self.parsed.data

    def position(self, location: Location, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of a value, or of its key; of the nearest parent where it is missing."""
        node, line, column = self.parsed.marked, 0, 0
        for step in location:
            marks = getattr(node, "lc", None)
            if isinstance(node, dict) and step in node:
                mark = marks.data[step] if marks and marks.data else None
                if mark:
                    line, column = (mark[0], mark[1]) if key else (mark[2], mark[3])
                node = node[step]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                if marks and marks.data and step in marks.data:
                    line, column = marks.data[step][0], marks.data[step][1]
                node = node[step]
            # anything else is a discriminator's tag or a missing key: stay with the parent
        return line + 1, column + 1

    def fault(self, location: Location, wrong: Message, mend: Message, *, key: bool = False) -> None:
        line, column = self.position(location, key=key)
        self.report.add(self.path, line, column, wrong, mend)

    def validated(self, model: type[M]) -> M | None:
        """The data as a model, or None after reporting every fault."""
        found = self.parsed.models.get(model)
        if found is None:
            found = self.parsed.models[model] = _validated(model, self.data)
        if isinstance(found, model):
            return found
        for detail in found:
            wrong, mend = misfits.words_of(detail, model)
            self.fault(detail["loc"], wrong, mend, key=detail["type"] == "extra_forbidden")
        return None


def _validated(model: type[M], data: Any) -> M | list[ErrorDetails]:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return error.errors(include_url=False)


class Inside:
    """A part of a document; places are counted from there."""

    def __init__(self, document: YamlDocument, within: Location) -> None:
        self.document, self.within = document, within

    def fault(self, location: Location, wrong: Message, mend: Message, *, key: bool = False) -> None:
        self.document.fault((*self.within, *location), wrong, mend, key=key)


def read_yaml(path: FilePath, report: Report) -> YamlDocument | None:
    """Parse one file; a syntax fault is reported with the parser's own position."""
    found = parse_yaml(path.read_bytes())
    if isinstance(found, Finding):
        report.add(path, *found)
        return None
    return YamlDocument(path, report, found)
