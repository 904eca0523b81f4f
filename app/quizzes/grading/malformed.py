"""The refusal of a question that is not written as its type demands."""

from app.core.errors import Invalid
from app.core.messages import Message


class Malformed(Invalid):
    """``why`` says what to correct; the message names the question too, where it has a key."""

    why: Message

    def __init__(self, why: Message, key: str = "") -> None:
        super().__init__(f"{key}: {why}" if key else str(why), code="question")
        self.why = why
