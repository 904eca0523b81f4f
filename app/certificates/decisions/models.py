"""Decisions about certificates: opened by a regrade, taken by a certifier, never changed after that."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.certificates.decisions.rules import DecisionKind, DecisionState, Facts, Outcome
from app.core.database import Base, Identified
from app.core.types import Json

_OPEN = "state = 'open'"


class CertificateDecision(Identified, Base):
    """Something a certifier has to decide because a regrade changed what a certificate rests on.

    Four eyes: neither the holder nor whoever applied the regrade decides; the database refuses them too.
    """

    __tablename__ = "certificate_decisions"
    __table_args__ = (
        Index(
            "uq_certificate_decisions_open",
            "membership_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        CheckConstraint("kind in ('newly_failed','result_changed','newly_passed')", name="kind"),
        CheckConstraint("state in ('open','decided','lapsed')", name="state"),
        CheckConstraint("outcome in ('revoke','supersede','keep','issue','withhold')", name="outcome"),
        CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL"
            " AND reason <> '')",
            name="decided",
        ),
        CheckConstraint("decided_by <> applied_by", name="decider_did_not_regrade"),
        CheckConstraint("decided_by <> person_id", name="decider_is_not_holder"),
        Index("ix_certificate_decisions_organisation", "organisation_id", "state"),
    )

    kind: Mapped[DecisionKind]
    state: Mapped[DecisionState] = mapped_column(default=DecisionState.OPEN)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: The body in whose name certificates of the programme are issued; its certifiers decide.
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    #: None: there is none yet.
    certificate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("certificates.id"), index=True)
    regrade_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regrades.id"), index=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    #: Who applied the regrade.
    applied_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: ``rules.Facts`` as they were when it was opened.
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    #: What a decider reads: programme, before and after, the correction, what else rests on it.
    evidence: Mapped[dict[str, Any]] = mapped_column(Json)

    outcome: Mapped[Outcome | None]
    #: With a revocation: its class.
    reason_class: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    @property
    def found(self) -> Facts:
        return Facts.from_json(self.facts)
