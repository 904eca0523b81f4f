"""Let the database itself refuse to change what was published, what a paper asked, and what it earned.

Answers, marks, decisions and grants are protected since their tables exist. A later migration that has to change one
of these tables drops its triggers and makes them again; a batch on SQLite drops them itself.
"""

from alembic import op

revision = "frozen_papers"
down_revision = "media_uploads"
branch_labels = None
depends_on = None

APPENDED = (
    "question_revisions",
    "quiz_revisions",
    "quiz_revision_items",
    "grade_runs",
    "grades",
    "attempt_results",
)
#: Of a paper's items only the answer and the flag move.
PAPER = "attempt_id, position, section, question_revision_id, layout, marks"


def _triggers() -> list[tuple[str, str]]:
    """Name and occasion."""
    found = [
        (f"{table}_{suffix}", f"{event} ON {table}")
        for table in APPENDED
        for suffix, event in (("frozen", "UPDATE"), ("kept", "DELETE"))
    ]
    items = [("frozen", f"UPDATE OF {PAPER} ON attempt_items"), ("kept", "DELETE ON attempt_items")]
    return found + [(f"attempt_items_{suffix}", occasion) for suffix, occasion in items]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_paper_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'papers and grades are only appended' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'papers and grades are only appended'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_paper_change()"
    )
    for name, occasion in _triggers():
        op.execute(f"CREATE TRIGGER {name} BEFORE {occasion} FOR EACH ROW {body}")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, occasion in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {occasion.rpartition(' ')[2]}"))
    if not sqlite:
        op.execute("DROP FUNCTION refuse_paper_change()")
