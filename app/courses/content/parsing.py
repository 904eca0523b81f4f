"""YAML as authors write it, read quickly: libyaml reads the values, ruamel judges whatever is out of the ordinary.

ruamel.yaml (YAML 1.2) says what a file means and words every fault; it is slow. libyaml reads the same events
many times faster, and a scalar is resolved by ruamel's own expressions. Whatever the two could see differently (an
error, odd numbers, tags, merge keys, unusual line breaks) is left to ruamel; it is asked for places when there is
a fault.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import date
from functools import lru_cache
from io import StringIO
from re import compile as compiled
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.resolver import implicit_resolvers
from yaml import YAMLError as LibyamlError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from app.core.messages import N_, Message
from app.courses.content.files import Finding


class _Unusual(Exception):
    """Something on which the two readers might differ."""


class _Refused(Exception):
    """Something that no content file may hold."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding.wrong))
        self.finding = finding


_ODD: Final = compiled("[\x85\u2028\u2029\ufeff]|(?m:^%)")
_INTEGER: Final = compiled(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL: Final = compiled(r"[-+]?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
#: More values than any course's file has.
MAX_NODES: Final = 200_000
_TWICE: Final = compiled(r'found duplicate key "(.*?)" with value')
_DAY: Final = compiled(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAG: Final = "tag:yaml.org,2002:"
_FRAME: Final = (StreamStartEvent, DocumentStartEvent, DocumentEndEvent, StreamEndEvent)


def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    """ruamel's expressions for plain scalars in YAML 1.2, by the first character."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for versions, tag, expression, firsts in implicit_resolvers:
        if (1, 2) in versions:
            for first in firsts:
                found.setdefault(first, []).append((tag.removeprefix(_TAG), expression))
    return found


_RESOLVERS: Final = _resolvers()


class Parsed:
    """A file's mapping in plain values; where each stands is found out when it is asked."""

    def __init__(self, text: str, data: dict[Any, Any]) -> None:
        self.text = text
        self.data = data
        self._marked: Any = None
        #: Models validated from it, or why they could not be.
        self.models: dict[type, Any] = {}

    @property
    def marked(self) -> Any:
        """The same mapping as ruamel reads it, with its marks."""
        if self._marked is None:
            try:
                self._marked = _ruamel(self.text)
            except YAMLError:
                self._marked = self.data
        return self._marked


def plain_newlines(text: str) -> str:
    """Lines that end as ours do, whatever editor wrote them."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@lru_cache(maxsize=1024)
def parse_yaml(source: bytes) -> Parsed | Finding:
    """The file's mapping, to be read only; or why there is none."""
    try:
        text = plain_newlines(source.decode())
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        return Finding(line, 1, N_("not UTF-8 text"), N_("save the file as UTF-8"))
    try:
        try:
            data = _quick(text)
        except (_Unusual, LibyamlError, ValueError):
            data = _careful(text)
    except _Refused as refused:
        return refused.finding
    except RecursionError:
        return Finding(1, 1, N_("lists or mappings stand too deep in one another"), N_("write them flatter"))
    if isinstance(data, Finding):
        return data
    if not isinstance(data, dict):
        return Finding(1, 1, N_("not a mapping of keys to values"), N_("begin with `key: value` lines"))
    return Parsed(text, data)


def _ruamel(text: str) -> Any:
    return YAML(typ="rt").load(StringIO(text))


def _careful(text: str) -> Any:
    """What ruamel reads, or its complaint."""
    try:
        return plain(_ruamel(text), [MAX_NODES])
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Finding(line, column, *_words_of((error.problem or "not valid YAML").splitlines()[0]))
    except YAMLError as error:
        return Finding(1, 1, N_("not valid YAML").worded(str(error).splitlines()[0]), N_("write valid YAML"))


_BRACKETS: Final = N_("check quotes, brackets and indentation before this place")
_COLON: Final = N_("put text that contains a colon in quotes")
#: By what ruamel says, which has no other name for a fault: what is wrong, where ``what`` is the last thing that
#: it quotes of the file, and the mend.
_PROBLEMS: Final[tuple[tuple[str, Callable[[str], Message], Message], ...]] = (
    ("mapping values are not", lambda _: N_("no key can stand here"), _COLON),
    ("could not find expected ':'", lambda _: N_("a colon is missing"), _COLON),
    ("got ':'", lambda what: N_("%(what)s cannot stand here", what=what), _COLON),
    (
        "cannot start any token",
        lambda what: N_("no text can begin with %(what)s", what=what),
        N_("put the text in quotes, and indent with spaces"),
    ),
    ("expected ',' or", lambda _: N_("a comma or a closing bracket is missing"), _BRACKETS),
    ("found unexpected end of stream", lambda _: N_("a quotation mark is not closed"), _BRACKETS),
    ("expected <block end>", lambda _: N_("the indentation is not right"), _BRACKETS),
    ("", lambda _: N_("not valid YAML"), _BRACKETS),
)


def _words_of(problem: str) -> tuple[Message, Message]:
    """What is wrong and what to write instead; in English as ruamel words it."""
    if twice := _TWICE.match(problem):
        return N_("the key `%(key)s` stands twice", key=twice[1]).worded(problem), N_("write each key once")
    quoted = problem.split("'")
    what = quoted[-2] if len(quoted) > 2 else "…"
    wrong, mend = next((wrong, mend) for words, wrong, mend in _PROBLEMS if words in problem)
    return wrong(what).worded(problem), mend


def plain(node: Any, left: list[int]) -> Any:
    """Plain dicts and lists, without the marks of the parser; ``left`` is how many nodes there may still be."""
    left[0] -= 1
    if left[0] < 0:
        raise _Refused(
            Finding(1, 1, N_("the file stands for more than a course can hold"), N_("write it without aliases"))
        )
    if isinstance(node, dict):
        return {key: plain(value, left) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value, left) for value in node]
    return node


def _quick(text: str) -> Any:
    """The one document of the text. Raises _Unusual, LibyamlError or ValueError where ruamel has to look."""
    if _ODD.search(text):
        raise _Unusual
    events = _events(text)
    first = next(events, None)
    found = None if first is None else _value(first, events)
    if next(events, None) is not None or not isinstance(found, dict):
        raise _Unusual  # another document, or a complaint to be worded
    return found


def _events(text: str) -> Iterator[Any]:
    """What stands between the beginnings and ends of streams and documents."""
    parser = CParser(text)
    try:
        while parser.check_event():
            event = parser.get_event()
            if not isinstance(event, _FRAME):
                yield event
    finally:
        parser.dispose()


def _value(event: Any, events: Iterator[Any]) -> Any:
    if isinstance(event, AliasEvent):  # a few of them can stand for more text than any machine holds
        mark: Any = event.start_mark
        wrong = N_("the alias `*%(anchor)s` stands in the file", anchor=event.anchor)
        raise _Refused(Finding(mark.line + 1, mark.column + 1, wrong, N_("write out what it stands for")))
    if event.tag is not None:
        raise _Unusual
    if isinstance(event, ScalarEvent):
        return _scalar(event.value) if event.implicit[0] else event.value
    if isinstance(event, SequenceStartEvent):
        return _sequence(events)
    return _mapping(events)


def _sequence(events: Iterator[Any]) -> list[Any]:
    found: list[Any] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            break
        found.append(_value(event, events))
    return found


def _mapping(events: Iterator[Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        key = _value(event, events)
        if not isinstance(key, Hashable) or key in found or key == "<<":
            raise _Unusual
        found[key] = _value(next(events), events)
    return found


@lru_cache(maxsize=4096)
def _scalar(text: str) -> Any:
    """A plain scalar as YAML 1.2 reads it, where it is one of the ordinary kinds."""
    for tag, expression in _RESOLVERS.get(text[:1], ()):
        if expression.match(text):
            return _of_kind(tag, text)
    return text


def _of_kind(tag: str, text: str) -> Any:
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if tag == "float" and _DECIMAL.fullmatch(text):
        return float(text)
    if tag == "timestamp" and _DAY.fullmatch(text):
        return date.fromisoformat(text)
    raise _Unusual
