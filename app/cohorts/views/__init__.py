"""Pages of cohorts: the registrar's, and the trainee's own programme."""

from app.cohorts.views import joining, programme, registrar, rosters

blueprints = (registrar.blueprint, programme.blueprint, joining.blueprint, rosters.blueprint)
