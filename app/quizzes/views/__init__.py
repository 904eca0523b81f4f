"""The engine's addresses: answers (JSON), and the examinee's pages."""

from app.quizzes.views import answers, attempts

blueprints = (answers.blueprint, attempts.blueprint)
