"""Why something is not believed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parted:
    """Where the text of a page is another than the one that was signed: some words of each."""

    signed: str
    drawn: str

    def __str__(self) -> str:
        return f"signed: {self.signed}, drawn: {self.drawn}"


class Refused(Exception):
    """A check failed. ``code`` is stable, for programs and translations; ``detail`` is for people who dig."""

    def __init__(self, code: str, detail: str | Parted = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
