"""What an analysis starts from: results and answers, without names. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.core.text import Bilingual

#: Ours: fewer people than this are shown no figures, so that nobody's answers can be read out of them.
MIN_PEOPLE: Final = 5
#: Ours: from so many people on, the high and the low 27 % are at least four each.
MIN_GROUPED: Final = 15


NOTHING: Final[Mapping[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Sitting:
    """The result of one sitting that counts; nobody's name. Marks in hundred-thousandths, exactly."""

    earned: int
    possible: int
    passed: bool


class Answer(NamedTuple):
    """One question of one sitting; marks in hundred-thousandths. A tuple, since there are tens of thousands."""

    #: The number of its sitting in the sample.
    sitting: int
    question: uuid.UUID
    marks: int
    maximum: int
    #: Where it stood: which pool (None: unknown), and the place on the paper.
    pool: object
    position: int
    answered: bool
    #: None: not answered, or erased since.
    response: Mapping[str, Any] | None
    #: The frozen layout, of questions for which each paper draws its own numbers; else the full one serves.
    layout: Mapping[str, Any] | None = None
    #: Part → the fraction that people gave, of questions of which they mark parts.
    given: Mapping[str, float] = NOTHING

    @property
    def is_known(self) -> bool:
        """Was it left, or is there still an answer to look at?"""
        return self.response is not None or not self.answered


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: one revision of a question."""

    id: uuid.UUID
    key: str
    revision: int
    body: Mapping[str, Any]

    @property
    def prompt(self) -> Bilingual:
        prompt: Bilingual = self.body["prompt"]
        return prompt


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything an analysis starts from; the questions in the order in which they are listed."""

    sittings: Sequence[Sitting]
    answers: Sequence[Answer]
    questions: Sequence[Question]
