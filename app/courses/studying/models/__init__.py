"""What learners keep, and what helps them find it."""

from app.courses.studying.models.asking import PassageQuestion
from app.courses.studying.models.documents import StudyDocument
from app.courses.studying.models.notes import Note
from app.courses.studying.models.reviewing import ReviewAnswer, ReviewCard, ReviewPlan
from app.courses.studying.models.search import SectionText

__all__ = ["Note", "PassageQuestion", "ReviewAnswer", "ReviewCard", "ReviewPlan", "SectionText", "StudyDocument"]
