"""Cloze: a text with fields to fill in or choose."""

from collections.abc import Mapping
from typing import Any

from app.quizzes.grading import base, gapped
from app.quizzes.grading.composite import Composite
from app.quizzes.grading.numeric import Numeric
from app.quizzes.grading.short_text import ShortText
from app.quizzes.grading.single import Single


class Cloze(Composite):
    """A text whose gaps are words, numbers or choices; marks a gap. Response: ``{"gaps": {gap id: response}}``,
    each as the gap's type has it."""

    name = "cloze"
    container = "gaps"

    def __init__(self) -> None:
        super().__init__(ShortText(), Numeric(), Single())

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        gaps = self.read_parts(key, raw)
        named = {str(part["id"]): gap["id"] for part, gap in zip(raw["gaps"], gaps, strict=True)}
        return {"text": gapped.read_text(raw.get("text"), named), "gaps": gaps}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        paragraphs = {tag: gapped.paragraphs(text) for tag, text in body["text"].items()}
        return super().view(body, layout) | {"paragraphs": paragraphs}
