"""The candidate's sign of life, and the invigilators' pages."""

from app.quizzes.invigilation.views import decisions, pages, pulse, register

blueprints = (pulse.blueprint, pages.blueprint, decisions.blueprint, register.blueprint)
