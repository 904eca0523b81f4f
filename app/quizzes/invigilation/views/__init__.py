"""The candidate's sign of life, and the invigilators' pages."""

from app.quizzes.invigilation.views import pulse

blueprints = (pulse.blueprint,)
