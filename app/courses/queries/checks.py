"""Questions as lessons and teaching pages show them; kept per process, since question revisions are immutable."""

import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from app.library.queries import Library
from app.quizzes.models import QuestionRevision
from app.quizzes.rendering import QuestionView, Solution, Texts, question_view, solution

_KEPT: Final = 2048


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A question in one language, with its solution."""

    key: str
    revision_id: uuid.UUID
    view: QuestionView
    solution: Solution


_shown: "OrderedDict[tuple[uuid.UUID, str, str], CheckQuestion]" = OrderedDict()


def shown(key: str, revision: QuestionRevision, locale: str, books: Library) -> CheckQuestion:
    """A question revision for a reader of this language."""
    at = (revision.id, locale, books.digest)
    if at not in _shown:
        texts = Texts(locale, books)
        _shown[at] = CheckQuestion(
            key, revision.id, question_view(revision.body, texts), solution(revision.body, texts)
        )
        if len(_shown) > _KEPT:
            _shown.popitem(last=False)
    return _shown[at]
