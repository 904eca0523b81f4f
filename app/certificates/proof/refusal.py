"""Why something is not believed."""


class Refused(Exception):
    """A check failed. ``code`` is stable, for programs and translations; ``detail`` is for people who dig."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
