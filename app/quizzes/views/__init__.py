"""The engine's addresses: answers (JSON), and the examinee's pages."""

from app.quizzes.views import answers, attempts, files

blueprints = (answers.blueprint, attempts.blueprint, files.blueprint)
