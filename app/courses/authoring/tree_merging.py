"""Three-way merge of a course's files. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.courses.authoring.merging import Clash, Merged, merge
from app.courses.authoring.rules import Manifest, digest_of_text

#: The text of a file by its digest; None where it is no text.
TextOf = Callable[[str], str | None]


class ClashKind(StrEnum):
    """Why a file does not merge."""

    LINES = "lines"
    GONE_IN_OURS = "gone in ours"
    GONE_IN_THEIRS = "gone in theirs"
    #: Not text: one of the two has to be chosen.
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class FileClash:
    kind: ClashKind
    merged: Merged | None = None

    @property
    def line(self) -> int:
        """Where the first clash stands in ours, from 1."""
        return self.merged.clashes[0].line if self.merged else 1


@dataclass(slots=True)
class TreeMerge:
    """What became of two trees: the files that are settled, and those that clash."""

    files: dict[str, str] = field(default_factory=dict)
    #: Texts that the merge made, by digest.
    made: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, FileClash] = field(default_factory=dict)


def merge_trees(base: Manifest, ours: Manifest, theirs: Manifest, text_of: TextOf) -> TreeMerge:
    """Bring both changes of ``base`` together, file by file."""
    whole = TreeMerge()
    for path in sorted({*base, *ours, *theirs}):
        b, o, t = base.get(path), ours.get(path), theirs.get(path)
        if t in (o, b):
            chosen = o
        elif o == b:
            chosen = t
        else:
            chosen = _merge_file(whole, path, (b, o, t), text_of)
        if chosen is not None:
            whole.files[path] = chosen
    return whole


def _merge_file(
    whole: TreeMerge, path: str, sides: tuple[str | None, str | None, str | None], text_of: TextOf
) -> str | None:
    base, ours, theirs = sides
    if ours is None or theirs is None:
        whole.clashes[path] = FileClash(ClashKind.GONE_IN_OURS if ours is None else ClashKind.GONE_IN_THEIRS)
        return None
    texts = [text_of(digest) if digest else "" for digest in (base, ours, theirs)]
    if None in texts:
        whole.clashes[path] = FileClash(ClashKind.WHOLE)
        return None
    merged = merge(*(text or "" for text in texts))
    if merged.text is None:
        whole.clashes[path] = FileClash(ClashKind.LINES, merged)
        return None
    digest = digest_of_text(merged.text)
    whole.made[digest] = merged.text
    return digest


def marked(merged: Merged, ours: str, theirs: str) -> str:
    """The text with both sides of each clash between marks, as git writes them."""
    lines: list[str] = []
    for part in merged.parts:
        if isinstance(part, Clash):
            lines += [f"<<<<<<< {ours}\n", *_ended(part.ours), "=======\n", *_ended(part.theirs)]
            lines.append(f">>>>>>> {theirs}\n")
        else:
            lines.append(part)
    return "".join(lines)


def _ended(lines: tuple[str, ...]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
