"""The refusal of a question that is not written as its type demands."""

from app.core.errors import Invalid
from app.core.messages import N_, Message


class Malformed(Invalid):
    """``why`` says what to correct; the message names the question too, where it has a key."""

    def __init__(self, why: Message, key: str = "") -> None:
        super().__init__(N_("%(key)s: %(why)s", key=key, why=why) if key else why, code="question")
        self.why = why
