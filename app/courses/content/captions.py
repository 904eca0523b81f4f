"""Captions as WebVTT (W3C): what browsers would skip in silence is a fault with its line. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.core.messages import N_
from app.courses.content.files import Finding
from app.courses.content.parsing import plain_newlines

_TIME: Final = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES: Final = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(.*))?$")
_SETTING: Final = re.compile(
    r"^(?:vertical:(?:rl|lr)|line:-?\d+(?:\.\d+)?%?(?:,(?:start|center|end))?|size:\d{1,3}(?:\.\d+)?%"
    r"|position:\d{1,3}(?:\.\d+)?%(?:,(?:line-left|center|line-right))?|align:(?:start|center|end|left|right))$"
)
_TAG: Final = re.compile(r"<(/?)([^>\s.]*)[^>]*(>?)")
_KNOWN: Final = frozenset({"c", "i", "b", "u", "v", "ruby", "rt", "lang"})
_ENTITY: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that stand on the picture, in seconds from its beginning."""

    start: float
    end: float
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Captions:
    cues: tuple[Cue, ...]
    findings: tuple[Finding, ...]


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, each with the number of its first line."""
    start = 0
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            start = start if block else number
            block.append(line)
        elif block:
            yield start, block
            block = []


@lru_cache(maxsize=64)
def read(source: str) -> Captions:
    """The cues of a text, and everything that is wrong with it."""
    lines = plain_newlines(source.removeprefix("\ufeff")).split("\n")
    if not re.match(r"^WEBVTT(?:[ \t].*)?$", lines[0]):
        return Captions(
            (), (Finding(1, 1, N_("the captions do not begin with WEBVTT"), N_("write WEBVTT in line 1")),)
        )
    found: list[Finding] = []
    cues: list[Cue] = []
    if len(lines) > 1 and lines[1].strip():
        found.append(
            Finding(2, 1, N_("line 2 of the captions is not blank"), N_("leave a blank line after WEBVTT"))
        )
    body = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    for start, block in _blocks([""] * body + lines[body:]):
        if re.match(r"^NOTE(?:\s|$)", block[0]):
            continue
        if block[0].strip() in {"STYLE", "REGION"}:
            wrong = N_("a %(kind)s block stands in the captions, which lessons do not use", kind=block[0].strip())
            found.append(Finding(start, 1, wrong, N_("remove it")))
            continue
        cue = _cue(start, block, cues[-1].start if cues else 0.0, found)
        if cue is not None:
            cues.append(cue)
    if not cues and not found:
        found.append(
            Finding(len(lines), 1, N_("the captions are empty"), N_("write 00:00.000 --> 00:02.000 and its words"))
        )
    return Captions(tuple(cues), tuple(found))


def _cue(start: int, block: list[str], earliest: float, found: list[Finding]) -> Cue | None:
    at = next((index for index, line in enumerate(block[:2]) if "-->" in line), None)
    if at is None:
        found.append(
            Finding(start, 1, N_("a cue has no times"), N_("write 00:00.000 --> 00:02.000 above its words"))
        )
        return None
    line, times = start + at, _TIMES.match(block[at].strip())
    if times is None:
        found.append(
            Finding(line, 1, N_("the times of a cue are not readable"), N_("write 00:00.000 --> 00:02.000"))
        )
        return None
    begin, end = _seconds(*times.group(1, 2, 3, 4)), _seconds(*times.group(5, 6, 7, 8))
    if end <= begin:
        found.append(Finding(line, 1, N_("a cue ends before it begins"), N_("correct its times")))
    elif begin < earliest:
        found.append(Finding(line, 1, N_("a cue begins before the one above it"), N_("put the cues into order")))
    for setting in (times[9] or "").split():
        if not _SETTING.match(setting):
            found.append(
                Finding(
                    line,
                    1,
                    N_("`%(setting)s` is no setting of a cue", setting=setting[:30]),
                    N_("correct or remove it"),
                )
            )
    words = block[at + 1 :]
    if not words:
        found.append(Finding(line, 1, N_("a cue has no words"), N_("write them below its times, or remove it")))
    for number, text in enumerate(words, line + 1):
        found += _text_faults(number, text)
    return Cue(begin, end, " ".join(plain(text) for text in words).strip(), line)


def _text_faults(line: int, text: str) -> Iterator[Finding]:
    if "-->" in text:
        yield Finding(
            line, text.index("-->") + 1, N_("times stand among the words of a cue"), N_("put a blank line above")
        )
    for tag in _TAG.finditer(text.replace("-->", "   ")):
        is_time = not tag[1] and re.fullmatch(_TIME, tag[0][1:-1])
        if not tag[3] or not (tag[2] in _KNOWN or is_time):
            shown = tag[0][:20]
            yield Finding(
                line,
                tag.start() + 1,
                N_("`%(shown)s` is no mark of captions", shown=shown),
                N_("write &lt; for <, or remove it"),
            )


def plain(text: str) -> str:
    """The words of a line without its marks; who speaks stands before them."""
    said = re.sub(r"<v(?:\.[^<>\s]*)?\s+([^<>\s][^<>]*)>", lambda found: f"{found[1].strip()}: ", text)
    said = re.sub(r"<[^<>]*>", "", said)
    return re.sub(r"&\w+;", lambda found: _ENTITY.get(found[0], found[0]), said).strip()


def as_transcript(source: str, pause: float = 2.0) -> str:
    """The words of captions as paragraphs: a new one for another speaker, or after a pause of so many seconds."""
    paragraphs: list[str] = []
    ended = 0.0
    for cue in read(source).cues:
        if paragraphs and cue.start - ended < pause and not re.match(r"^[^\s:]{1,40}: ", cue.text):
            between = "" if re.search(r"[㐀-鿿，。！？；：]", paragraphs[-1][-1:]) else " "
            paragraphs[-1] += between + cue.text
        elif cue.text:
            paragraphs.append(cue.text)
        ended = cue.end
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""
