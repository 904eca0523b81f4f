"""Faults of recordings, captions and transcripts, and of where lessons place them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from app.core.markdown import PlacedMedia
from app.courses.content import captions
from app.courses.content.faults import Report, nearest
from app.courses.content.media_files import TEXTS
from app.courses.content.recordings import SUFFIXES, suffix_for
from app.courses.content.tree import MediaFolder

_LANGUAGE: Final = {"zh": "Chinese", "en": "English"}
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
            report.add(path, 1, 1, f"a file of type {suffix or 'nothing'} among the recordings", f"use {known}")
        elif kept.findings:
            for finding in kept.findings:
                report.add(path, *finding)
        elif wanted != suffix:
            report.add(path, 1, 1, f"the recording is {wanted} by its content", f"name it {path.stem}{wanted}")
        if stems[path.stem] > 1:
            wrong = f"two recordings are called {path.stem}"
            report.add(path, 1, 1, wrong, "captions could belong to either: give each a name of its own")
    for name, text in media.texts.items():
        for line, column, wrong, mend in _text_faults(media, name, text):
            report.add(media.paths[name], line, column, wrong, mend)


def _text_faults(media: MediaFolder, name: str, text: str) -> Iterator[tuple[int, int, str, str]]:
    stem, _, language = PurePosixPath(name).stem.rpartition(".")
    owners = {PurePosixPath(one).stem: kept for one, kept in media.files.items()}
    kind = "captions" if name.endswith(".vtt") else "transcript"
    if language not in _LANGUAGE or stem not in owners:
        wrong = f"the {kind} {name} belong to no recording{nearest(stem or name, owners)}"
        yield 1, 1, wrong, "name it after the recording, such as hearing.zh.vtt and hearing.zh.txt for hearing.mp4"
        return
    if kind == "transcript":
        if not text.strip():
            yield 1, 1, "the transcript is empty", "write what is said, a blank line between paragraphs"
        return
    read = captions.read(text)
    yield from read.findings
    length = owners[stem].milliseconds
    if length and read.cues and read.cues[-1].end > length / 1000 + _LEEWAY:
        yield read.cues[-1].line, 1, "a cue ends after the recording does", "correct its times"


def placed_faults(placed: PlacedMedia, media: MediaFolder, language: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a block that places a recording, and what readers of the language would lack."""
    name, kept = placed.name, media.files.get(placed.name)
    if placed.nested:
        yield f"the recording `{name}` stands inside another block", "place it between paragraphs"
    if placed.filled:
        yield f"text stands in the block of `{name}`", "write it before or after the block"
    if kept is None:
        wrong = f"the course has no recording `{name}`{nearest(name, media.files)}"
        yield wrong, f"add media/{name}, or correct the name"
        return
    if not placed.title:
        yield f"the recording `{name}` has no title", f"say what it is: ::: {placed.kind} {name} title"
    kind = kind_of(kept.media_type)
    if kind != placed.kind and not kept.findings:
        yield f"`{name}` is placed as {placed.kind}", f"write ::: {kind} {name}"
    yield from _missing(kind, name, media, language)


def _missing(kind: str, name: str, media: MediaFolder, language: str) -> Iterator[tuple[str, str]]:
    """Words for those who do not hear or see the recording, in their language."""
    stem, tongue = PurePosixPath(name).stem, _LANGUAGE.get(language, language)
    if kind == "video" and media.captions(name, language) is None:
        yield f"the video `{name}` has no {tongue} captions", f"add media/{stem}.{language}.vtt"
    if kind in {"video", "audio"} and media.transcript(name, language) is None:
        yield f"the recording `{name}` has no {tongue} transcript", f"add media/{stem}.{language}.txt"


def kind_of(media_type: str) -> str:
    """The block that places a file: ``video``, ``audio`` or ``file``."""
    kind = media_type.partition("/")[0]
    return kind if kind in {"video", "audio"} else "file"
