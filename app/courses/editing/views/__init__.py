"""The pages of the editor, under /authoring."""

from app.courses.editing.views import (
    conflicts,
    courses,
    exams,
    files,
    formulas,
    lessons,
    outline,
    questions,
    recordings,
    settings,
    uploads,
)
from app.courses.editing.views.blueprint import blueprint

__all__ = [
    "blueprints",
    "conflicts",
    "courses",
    "exams",
    "files",
    "formulas",
    "lessons",
    "outline",
    "questions",
    "recordings",
    "settings",
    "uploads",
]

blueprints = (blueprint,)
