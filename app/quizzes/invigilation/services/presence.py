"""Write down when candidates' pages were last heard of."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.core.database import db
from app.quizzes.invigilation.models import Presence


def keep_presences(seen: Mapping[uuid.UUID, datetime]) -> None:
    """Keep the latest moment of each attempt, in one statement."""
    dialect: Any = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Presence.__table__)
    statement = statement.on_conflict_do_update(
        index_elements=["attempt_id"],
        set_={"seen_at": statement.excluded.seen_at},
        where=Presence.__table__.c.seen_at < statement.excluded.seen_at,
    )
    # In one order, so that two processes that write at the same moment do not wait for each other in a circle.
    rows = [{"attempt_id": attempt_id, "seen_at": seen[attempt_id]} for attempt_id in sorted(seen)]
    db.session.connection().execute(statement, rows)
