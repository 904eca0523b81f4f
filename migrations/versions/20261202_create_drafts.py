"""Keep the files of courses, the drafts in which they are edited, and what was published of them."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "drafts"
down_revision = "section_search"
branch_labels = None
depends_on = None

STATES = "state in ('open','in_review','sent_back','approved','published','abandoned')"
#: What is only ever added to.
RECORDS = ("draft_edits", "publications")
STUDIES = ("sections_read", "check_answers")


def _row() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
    )


def _table(name: str, *parts: sa.schema.SchemaItem, key: Iterable[str], to: dict[str, str] | None = None) -> None:
    """A table with its primary key and its foreign keys (column → table.column)."""
    keys = [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}_{target.partition('.')[0]}"))
        for column, target in (to or {}).items()
    ]
    op.create_table(name, *parts, *keys, sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))


def upgrade() -> None:
    _sources()
    _drafts()
    _publications()
    for table in STUDIES:
        op.add_column(table, sa.Column("is_counted", sa.Boolean(), server_default=sa.true(), nullable=False))
    _protect()


def _sources() -> None:
    _table(
        "source_texts",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        key=["digest"],
    )
    _table(
        "source_media",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("findings", types.Json, nullable=False),
        key=["digest"],
    )
    _table(
        "source_trees",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("files", types.Json, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        key=["digest"],
    )
    _table(
        "course_sources",
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("published_tree", sa.String(), nullable=True),
        sa.Column("files_tree", sa.String(), nullable=True),
        sa.Column("files_export", sa.String(), nullable=True),
        sa.Column("question_keys", types.Json, nullable=False),
        sa.Column("exam_key", sa.String(), nullable=True),
        key=["course_key"],
        to={
            "files_tree": "source_trees.digest",
            "organisation_id": "organisations.id",
            "published_tree": "source_trees.digest",
        },
    )
    op.create_index(op.f("ix_course_sources_organisation_id"), "course_sources", ["organisation_id"])


def _drafts() -> None:
    _table(
        "drafts",
        *_row(),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("base_tree", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_drafts_state")),
        key=["id"],
        to={
            "base_tree": "source_trees.digest",
            "course_key": "course_sources.course_key",
            "created_by_id": "people.id",
        },
    )
    op.create_index(op.f("ix_drafts_course_key"), "drafts", ["course_key"])
    is_open = sa.text("state not in ('published','abandoned')")
    op.create_index(
        "uq_drafts_open", "drafts", ["course_key"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    _table(
        "draft_files",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        key=["draft_id", "path"],
        to={"draft_id": "drafts.id"},
    )
    _edits()
    _table(
        "draft_presences",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seen_at", types.UtcDateTime(), nullable=False),
        key=["draft_id", "path", "person_id", "device"],
        to={"draft_id": "drafts.id", "person_id": "people.id"},
    )


def _edits() -> None:
    _table(
        "draft_edits",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("sent_digest", sa.String(), nullable=True),
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.UniqueConstraint("draft_id", "path", "version", name=op.f("uq_draft_edits_draft_id_path_version")),
        sa.UniqueConstraint("edit_id", name=op.f("uq_draft_edits_edit_id")),
        key=["id"],
        to={"draft_id": "drafts.id", "person_id": "people.id"},
    )
    _table(
        "draft_conflicts",
        *_row(),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("base_digest", sa.String(), nullable=True),
        sa.Column("theirs_version", sa.Integer(), nullable=False),
        sa.Column("mine_digest", sa.String(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.Column("resolved_at", types.UtcDateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("edit_id", name=op.f("uq_draft_conflicts_edit_id")),
        key=["id"],
        to={"draft_id": "drafts.id", "person_id": "people.id", "resolved_by_id": "people.id"},
    )
    op.create_index("ix_draft_conflicts_draft", "draft_conflicts", ["draft_id", "resolved_at"])


def _publications() -> None:
    _table(
        "draft_reviews",
        *_row(),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("tree_digest", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("decision in ('approve','send_back')", name=op.f("ck_draft_reviews_decision")),
        key=["id"],
        to={"draft_id": "drafts.id", "reviewer_id": "people.id", "tree_digest": "source_trees.digest"},
    )
    op.create_index("ix_draft_reviews_draft", "draft_reviews", ["draft_id", "tree_digest"])
    _table(
        "publications",
        *_row(),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("course_revision_id", sa.Uuid(), nullable=False),
        sa.Column("tree_digest", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("moving", sa.String(length=40), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.CheckConstraint("moving in ('keep','move')", name=op.f("ck_publications_moving")),
        sa.CheckConstraint("origin in ('browser','files')", name=op.f("ck_publications_origin")),
        sa.CheckConstraint("reviewer_id <> author_id", name=op.f("ck_publications_reviewer_is_another")),
        key=["id"],
        to={
            "author_id": "people.id",
            "course_key": "course_sources.course_key",
            "course_revision_id": "course_revisions.id",
            "draft_id": "drafts.id",
            "reviewer_id": "people.id",
            "tree_digest": "source_trees.digest",
        },
    )
    op.create_index("ix_publications_course", "publications", ["course_key", "created_at"])


def _protect() -> None:
    """Let the database itself refuse to change or forget what was saved and published."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_draft_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'edits and publications are kept' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'edits and publications are kept'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_draft_change()"
    )
    for table in RECORDS:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_kept_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW {body}"
            )


def downgrade() -> None:
    for table in STUDIES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("is_counted")
    for table in (
        *("publications", "draft_reviews", "draft_presences", "draft_conflicts", "draft_edits", "draft_files"),
        *("drafts", "course_sources", "source_trees", "source_media", "source_texts"),
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_draft_change()")
