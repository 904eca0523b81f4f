"""Where in a source its parts stand."""


class Places:
    """Finds the line and column of an inline thing, both from 1: the parser keeps lines of blocks only.

    The same text looked for again from the same line is its next occurrence.
    """

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines()
        self.used: dict[tuple[int, str], int] = {}

    def find(self, text: str, line: int) -> tuple[int, int]:
        """The next occurrence at or after a line counted from 0; that line's beginning when there is none."""
        start = self.used.get((line, text), -1)
        row, column = (line, 0) if start < 0 else divmod(start, 100_000)
        while row < len(self.lines):
            at = self.lines[row].find(text, column)
            if at >= 0:
                self.used[line, text] = row * 100_000 + at + 1
                return row + 1, at + 1
            row, column = row + 1, 0
        return line + 1, 1
