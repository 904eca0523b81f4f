"""Questions as lessons and teaching pages show them; kept per process, since question revisions are immutable."""

import uuid
from dataclasses import dataclass

from app.core.kept import Kept
from app.library.queries import Library
from app.quizzes.models import QuestionRevision
from app.quizzes.rendering import QuestionView, Solution, Texts, question_view, solution


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A question in one language, with its solution."""

    key: str
    revision_id: uuid.UUID
    view: QuestionView
    solution: Solution


_shown: Kept[tuple[uuid.UUID, str, str], CheckQuestion] = Kept(2048)


def shown(key: str, revision: QuestionRevision, locale: str, books: Library) -> CheckQuestion:
    """A question revision for a reader of this language."""

    def make() -> CheckQuestion:
        texts = Texts(locale, books)
        return CheckQuestion(key, revision.id, question_view(revision.body, texts), solution(revision.body, texts))

    return _shown.get((revision.id, locale, books.digest), make)
