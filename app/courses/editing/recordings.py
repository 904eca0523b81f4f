"""The recordings and attachments of a draft, with their captions and transcripts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from app.core.markdown import PlacedMedia
from app.courses.authoring import sources
from app.courses.content.media_checks import kind_of
from app.courses.content.media_files import TEXTS
from app.courses.content.tree import LANGUAGES, MediaFolder
from app.courses.editing import texts
from app.courses.editing.queries import Work, media_path
from app.courses.recordings import MissingMedia, ShownMedia, showing

#: What a recording of each kind needs in words, each with the ending of its file.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "video": ("captions", "transcript"),
    "audio": ("transcript",),
    "file": (),
}
_ENDINGS: Final = {"captions": "vtt", "transcript": "txt"}
_PLACED: Final = re.compile(r"^:::\s*(?:video|audio|file)\s+(\S+)", re.MULTILINE)


def words_path(name: str, kind: str, language: str) -> str:
    """Where captions or a transcript lie."""
    return f"media/{PurePosixPath(name).stem}.{language}.{_ENDINGS[kind]}"


def folder_in(work: Work) -> MediaFolder:
    """What lies under the draft's ``media/``. Two statements, none where there is nothing."""
    named = work.media
    if not named:
        return MediaFolder()
    known = sources.media_of(named.values())
    words = sources.texts_of(named.values())
    return MediaFolder(
        files={name: known[digest] for name, digest in sorted(named.items()) if digest in known},
        texts={
            name: words[digest]
            for name, digest in named.items()
            if digest in words and PurePosixPath(name).suffix in TEXTS
        },
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A recording in the list."""

    media: ShownMedia
    #: Words it needs, as ``captions-zh``, and whether they are there.
    words: Mapping[str, bool]
    #: Lessons that place it.
    lessons: tuple[texts.LessonPath, ...]

    @property
    def name(self) -> str:
        return self.media.name

    @property
    def is_complete(self) -> bool:
        return all(self.words.values())


def lines_of(work: Work) -> list[Line]:
    """Every recording and attachment of the draft, by name. Four statements at most."""
    folder = folder_in(work)
    placed = _placed_in(work) if folder.files else {}
    show = showing(folder.described(), media_path(work.key, ""))
    lines = []
    for name, kept in folder.files.items():
        media = show(PlacedMedia(kind_of(kept.media_type), name, name))
        if isinstance(media, MissingMedia):
            continue
        words = {
            f"{kind}-{tag}": words_path(name, kind, tag) in work.files
            for kind in WORDS[media.kind]
            for tag in LANGUAGES
        }
        lines.append(Line(media, words, tuple(placed.get(name, ()))))
    return lines


def line_of(work: Work, name: str) -> Line | None:
    return next((line for line in lines_of(work) if line.name == name), None)


def _placed_in(work: Work) -> dict[str, list[texts.LessonPath]]:
    """The Chinese lessons that place each recording: both languages place the same."""
    lessons = {
        path: lesson for path in work.files if (lesson := texts.lesson_of(path)) and lesson.language == "zh"
    }
    digests = {path: work.files[path].digest or "" for path in lessons}
    words = sources.texts_of(digests.values())
    found: dict[str, list[texts.LessonPath]] = {}
    for path, lesson in sorted(lessons.items()):
        for name in dict.fromkeys(_PLACED.findall(words.get(digests[path], ""))):
            found.setdefault(name, []).append(lesson)
    return found
