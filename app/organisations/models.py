import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class OrganisationKind(StrEnum):
    """What an organisation is to the network."""

    AUTHORITY = "authority"
    UNIVERSITY = "university"
    BAR = "bar"
    SUB_CENTRE = "sub_centre"
    INDUSTRY_PLATFORM = "industry_platform"
    OUTPOST = "outpost"


class Organisation(Identified, Base):
    """A body that trains, certifies or employs. ``key`` is its stable name in ``content/``."""

    __tablename__ = "organisations"

    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OrganisationKind]
    name: Mapped[dict[str, Any]] = mapped_column(Json)
    #: Named for demonstration; no endorsement is implied.
    is_example: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
