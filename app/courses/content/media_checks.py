"""Faults of recordings, captions and transcripts, and of where lessons place them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from app.core.markdown import PlacedMedia
from app.core.messages import N_, Message
from app.courses.content import captions
from app.courses.content.faults import Report
from app.courses.content.hints import nearest
from app.courses.content.media_files import TEXTS
from app.courses.content.recordings import SUFFIXES, suffix_for
from app.courses.content.tree import LANGUAGES, MediaFolder

#: Cues that end a little after the recording are the rounding of programs.
_LEEWAY: Final = 1.0


def check_media_folder(media: MediaFolder, report: Report) -> None:
    """Report what must not be in a course's ``media/``."""
    stems = Counter(PurePosixPath(name).stem for name in media.files)
    for name, kept in media.files.items():
        path, suffix = media.paths[name], PurePosixPath(name).suffix
        wanted = suffix_for(kept.media_type)
        if suffix not in SUFFIXES:
            known = ", ".join((*SUFFIXES, *sorted(TEXTS)))
            report.add(
                path,
                1,
                1,
                N_("a file of type %(suffix)s among the recordings", suffix=suffix or N_("nothing")),
                N_("use %(known)s", known=known),
            )
        elif kept.findings:
            for finding in kept.findings:
                report.add(path, *finding)
        elif wanted != suffix:
            report.add(
                path,
                1,
                1,
                N_("the recording is %(wanted)s by its content", wanted=wanted),
                N_("name it %(stem)s%(wanted)s", stem=path.stem, wanted=wanted),
            )
        if stems[path.stem] > 1:
            wrong = N_("two recordings are called %(stem)s", stem=path.stem)
            report.add(path, 1, 1, wrong, N_("captions could belong to either: give each a name of its own"))
    for name, text in media.texts.items():
        for line, column, wrong, mend in _text_faults(media, name, text):
            report.add(media.paths[name], line, column, wrong, mend)


def _text_faults(media: MediaFolder, name: str, text: str) -> Iterator[tuple[int, int, Message, Message]]:
    stem, _, language = PurePosixPath(name).stem.rpartition(".")
    owners = {PurePosixPath(one).stem: kept for one, kept in media.files.items()}
    kind = "captions" if name.endswith(".vtt") else "transcript"
    if language not in LANGUAGES or stem not in owners:
        meant = nearest(stem or name, owners)
        wrong = (
            N_("the captions %(name)s belong to no recording%(meant)s", name=name, meant=meant)
            if kind == "captions"
            else N_("the transcript %(name)s belong to no recording%(meant)s", name=name, meant=meant)
        )
        yield (
            1,
            1,
            wrong,
            N_("name it after the recording, such as hearing.zh.vtt and hearing.zh.txt for hearing.mp4"),
        )
        return
    if kind == "transcript":
        if not text.strip():
            yield 1, 1, N_("the transcript is empty"), N_("write what is said, a blank line between paragraphs")
        return
    read = captions.read(text)
    yield from read.findings
    length = owners[stem].milliseconds
    if length and read.cues and read.cues[-1].end > length / 1000 + _LEEWAY:
        yield read.cues[-1].line, 1, N_("a cue ends after the recording does"), N_("correct its times")


def placed_faults(placed: PlacedMedia, media: MediaFolder, language: str) -> Iterator[tuple[Message, Message]]:
    """What is wrong with a block that places a recording, and what readers of the language would lack."""
    name, kept = placed.name, media.files.get(placed.name)
    if placed.nested:
        yield (
            N_("the recording `%(name)s` stands inside another block", name=name),
            N_("place it between paragraphs"),
        )
    if placed.filled:
        yield N_("text stands in the block of `%(name)s`", name=name), N_("write it before or after the block")
    if kept is None:
        wrong = N_("the course has no recording `%(name)s`%(meant)s", name=name, meant=nearest(name, media.files))
        yield wrong, N_("add media/%(name)s, or correct the name", name=name)
        return
    if not placed.title:
        yield (
            N_("the recording `%(name)s` has no title", name=name),
            N_("say what it is: ::: %(kind)s %(name)s title", kind=placed.kind, name=name),
        )
    kind = kind_of(kept.media_type)
    if kind != placed.kind and not kept.findings:
        yield (
            N_("`%(name)s` is placed as %(kind)s", name=name, kind=placed.kind),
            N_("write ::: %(kind)s %(name)s", kind=kind, name=name),
        )
    yield from _missing(kind, name, media, language)


def _missing(kind: str, name: str, media: MediaFolder, language: str) -> Iterator[tuple[Message, Message]]:
    """Words for those who do not hear or see the recording, in their language."""
    stem = PurePosixPath(name).stem
    if kind == "video" and media.captions(name, language) is None:
        yield (
            N_("the video `%(name)s` has no English captions", name=name)
            if language == "en"
            else N_("the video `%(name)s` has no Chinese captions", name=name),
            N_("add media/%(name)s", name=f"{stem}.{language}.vtt"),
        )
    if kind in {"video", "audio"} and media.transcript(name, language) is None:
        yield (
            N_("the recording `%(name)s` has no English transcript", name=name)
            if language == "en"
            else N_("the recording `%(name)s` has no Chinese transcript", name=name),
            N_("add media/%(name)s", name=f"{stem}.{language}.txt"),
        )


def kind_of(media_type: str) -> str:
    """The block that places a file: ``video``, ``audio`` or ``file``."""
    kind = media_type.partition("/")[0]
    return kind if kind in {"video", "audio"} else "file"
