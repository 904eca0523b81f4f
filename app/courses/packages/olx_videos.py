"""Videos of Open edX courses: a link to where they are, and the transcript in the course's language. Pure."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from app.core.messages import N_, Message
from app.courses.packages.plans import link_to
from app.quizzes.interchange.languages import language_of
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.model import CannotTake, Language
from app.quizzes.interchange.safe_xml import children

#: Characters after which a transcript's paragraph ends with its sentence.
_PARAGRAPH: Final = 500
_TIMES: Final = re.compile(r"\d+:\d\d(?::\d\d)?[.,]\d+ +-->")
_SENTENCE_END: Final = re.compile(r"[.!?。！？…][\"'”’]?$")
_WORDS: Final[dict[Language, tuple[str, str]]] = {"zh": ("视频：", "文字稿"), "en": ("Video: ", "Transcript")}

#: The bytes of a static file by its name. Raises CannotTake.
ReadStatic = Callable[[str], bytes]


@dataclass(slots=True)
class Video:
    """A video as a piece of a lesson."""

    address: str
    text: str
    left: list[Message] = field(default_factory=list)


def read_video(node: etree._Element, read: ReadStatic, language: Language) -> Video:
    """The link and the transcript. Raises CannotTake for a video that has no address on the web."""
    address = _address(node)
    if not address:
        raise CannotTake(N_("a video without an address on the web"))
    word, heading = _WORDS[language]
    title = node.get("display_name", "") or address
    video = Video(address, f"{word}{link_to(title, address)}")
    spoken = {language_of(name): source for name, source in _transcripts(node)}
    if language in spoken:
        try:
            paragraphs = list(_paragraphs(_captions(read(spoken[language])), language))
        except CannotTake as error:
            video.left.append(error.why)
            return video
        converter = Converter(lambda found: found, video.left)
        video.text = "\n\n".join((video.text, f"### {heading}", *map(converter.plain, paragraphs)))
    elif spoken:
        video.left.append(N_("transcripts in other languages than the chosen one are not taken"))
    return video


def _address(node: etree._Element) -> str:
    youtube = node.get("youtube_id_1_0") or dict(
        pair.partition(":")[::2] for pair in node.get("youtube", "").replace("1.00:", "1.0:").split(",")
    ).get("1.0", "")
    if re.fullmatch(r"[\w-]{5,20}", youtube):
        return f"https://www.youtube.com/watch?v={youtube}"
    sources = [
        *map(str, _listed(node.get("html5_sources", ""))),
        *(one.get("src", "") for one in children(node, "source")),
    ]
    return next((one for one in sources if one.startswith(("https://", "http://"))), "")


def _transcripts(node: etree._Element) -> Iterator[tuple[str, str]]:
    """Language and name of each transcript, the surest last."""
    if sub := node.get("sub", ""):
        yield "en", f"subs_{sub}.srt.sjson"
    try:
        named = json.loads(node.get("transcripts", "") or "{}")
    except (ValueError, RecursionError):
        named = {}
    if isinstance(named, dict):
        yield from ((str(name), str(source)) for name, source in named.items())
    for one in children(node, "transcript"):
        yield one.get("language", ""), one.get("src", "")


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _captions(data: bytes) -> list[str]:
    """What is said, line by line: of SubRip and WebVTT files and of Open edX's own JSON. Raises CannotTake."""
    try:
        text = data.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            said = json.loads(text).get("text")
            return [str(line) for line in said if line] if isinstance(said, list) else []
    except (ValueError, RecursionError):
        raise CannotTake(N_("its transcript cannot be read")) from None
    lines = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        rows = block.strip().split("\n")
        times = next((number for number, row in enumerate(rows) if _TIMES.match(row)), None)
        if times is not None:
            lines += [re.sub(r"</?[a-z][^<>]*>", "", row) for row in rows[times + 1 :]]
    if not lines:
        raise CannotTake(N_("its transcript cannot be read"))
    return lines


def _paragraphs(lines: list[str], language: Language) -> Iterator[str]:
    """The lines as running text, broken where a sentence ends."""
    between = "" if language == "zh" else " "
    run: list[str] = []
    for line in filter(None, (" ".join(one.split()) for one in lines)):
        run.append(line)
        length = sum(map(len, run))
        if length >= 4 * _PARAGRAPH or (length >= _PARAGRAPH and _SENTENCE_END.search(line)):
            yield between.join(run)
            run = []
    if run:
        yield between.join(run)
