"""Read signing keys."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose
from app.core.database import db
from app.core.errors import NotFound


class NoKey(RuntimeError):
    """Nothing can be signed: an administrator has to run ``flask certificates keys create``."""


def is_ready() -> bool:
    """Has every purpose an active key? Nothing is issued before."""
    active = select(func.count()).where(SigningKey.activated_at.is_not(None), SigningKey.retired_at.is_(None))
    return db.session.scalar(active) == len(Purpose)


def active_key(purpose: Purpose) -> SigningKey:
    """The key that signs for a purpose. Raises NoKey."""
    key = db.session.scalar(
        select(SigningKey).where(
            SigningKey.purpose == purpose,
            SigningKey.activated_at.is_not(None),
            SigningKey.retired_at.is_(None),
        )
    )
    if key is None:
        raise NoKey(f"there is no active {purpose.value} key: flask certificates keys create")
    return key


def list_keys(purpose: Purpose | None = None) -> Sequence[SigningKey]:
    """Every key (of a purpose), oldest first."""
    statement = select(SigningKey).order_by(SigningKey.created_at, SigningKey.id)
    if purpose is not None:
        statement = statement.where(SigningKey.purpose == purpose)
    return db.session.scalars(statement).all()


def get_key(name: str) -> SigningKey:
    """Raises NotFound."""
    key = db.session.scalar(select(SigningKey).where(SigningKey.name == name))
    if key is None:
        raise NotFound(f"there is no key {name}")
    return key
