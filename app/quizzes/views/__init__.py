"""The engine's addresses: answers (JSON), and the examinee's pages."""

from app.quizzes.views import answers

blueprints = (answers.blueprint,)
