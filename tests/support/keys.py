"""Signing keys for a test site, made as an operator makes them."""

from app.certificates.keys import services
from app.certificates.keys.context import holders
from app.certificates.keys.models import SigningKey
from app.core import clock
from app.core.database import transaction


def make_keys(issuer: str = "Example issuer") -> list[SigningKey]:
    """A key for every purpose that has none."""
    with transaction():
        return services.create_missing(holders(), issuer, clock.now())
