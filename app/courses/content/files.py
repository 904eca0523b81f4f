"""Where authored files are read from: the disk, or a tree of files that the database keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple, Protocol, Self

from app.core.messages import Message

_TOP: Final = PurePosixPath()


#: The keys and numbers that lead to a value of a YAML file.
Location = tuple[int | str, ...]


class Finding(NamedTuple):
    """A fault at a place of a file."""

    line: int
    column: int
    wrong: Message
    mend: Message


class FilePath(Protocol):
    """What the loader asks of a path. ``pathlib.Path`` is one."""

    @property
    def name(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    @property
    def parent(self) -> Self: ...
    def __truediv__(self, key: str, /) -> Self: ...
    def as_posix(self) -> str: ...
    def is_file(self) -> bool: ...
    def is_dir(self) -> bool: ...
    def iterdir(self) -> Iterable[Self]: ...
    def glob(self, pattern: str, /) -> Iterable[Self]: ...
    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class KeptMedia:
    """A figure, recording or attachment in the file store, with what was found in it when it was stored."""

    digest: str
    media_type: str
    width: int | None
    height: int | None
    findings: tuple[Finding, ...] = ()
    #: Bytes.
    size: int = 0
    #: How long a recording lasts; None where it does not say.
    milliseconds: int | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A path in a tree of files that no disk holds; ``shown`` is what the tree is called in faults."""

    files: Mapping[str, str | KeptMedia]
    shown: str
    at: PurePosixPath = _TOP

    @property
    def name(self) -> str:
        return self.at.name or PurePosixPath(self.shown).name

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> "KeptFile":
        return KeptFile(self.files, self.shown, self.at.parent)

    def __truediv__(self, key: str) -> "KeptFile":
        return KeptFile(self.files, self.shown, self.at / key)

    def as_posix(self) -> str:
        return (PurePosixPath(self.shown) / self.at).as_posix()

    def is_file(self) -> bool:
        return str(self.at) in self.files

    def is_dir(self) -> bool:
        return self.at == _TOP or any(path.startswith(f"{self.at}/") for path in self.files)

    def iterdir(self) -> Iterable["KeptFile"]:
        below = (PurePosixPath(path) for path in self.files)
        depth = len(self.at.parts)
        steps = {path.parts[depth] for path in below if path.parts[:depth] == self.at.parts}
        return [self / step for step in sorted(steps)]

    def glob(self, pattern: str) -> Iterable["KeptFile"]:
        return [path for path in self.iterdir() if path.at.match(pattern)]

    def read_bytes(self) -> bytes:
        """Raises FileNotFoundError for what is no text of the tree."""
        text = self.files.get(str(self.at))
        if not isinstance(text, str):
            raise FileNotFoundError(self.as_posix())
        return text.encode()

    def media(self) -> KeptMedia | None:
        found = self.files.get(str(self.at))
        return found if isinstance(found, KeptMedia) else None


def in_order(paths: Iterable[Any]) -> list[Any]:
    """The paths of one folder by name."""
    return sorted(paths, key=lambda path: path.name)
