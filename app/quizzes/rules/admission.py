"""What a candidate brings to Start: the code said in the room, where she is, what she declares."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final

from app.core.digests import digest_of
from app.core.text import Bilingual
from app.quizzes.rules.codes import opens
from app.quizzes.rules.settings import QuizSettings


@dataclass(frozen=True, slots=True)
class Admission:
    """As posted with Start."""

    access_code: str = ""
    #: The digest of the honour statement that she ticked; empty: she ticked none.
    honour: str = ""
    #: Where the request came from, as the configured proxies tell it.
    address: str = ""

    @classmethod
    def read(cls, posted: Mapping[str, str], address: str) -> "Admission":
        """The fields of ``quizzes/_rules.html``."""
        honour = posted.get("honour", "") if posted.get("accepted") else ""
        return cls(posted.get("access_code", ""), honour, address)


NOTHING_BROUGHT: Final = Admission()


class Missing(StrEnum):
    """Why somebody who might start is not let in."""

    NETWORK = "network"
    ACCESS_CODE = "access_code"
    HONOUR = "honour"


def missing(settings: QuizSettings, admission: Admission) -> Missing | None:
    """What keeps her out, if anything."""
    if not is_inside(settings, admission.address):
        return Missing.NETWORK
    if settings.access_code and not opens(settings.access_code, admission.access_code):
        return Missing.ACCESS_CODE
    if settings.honour and admission.honour != digest_of(dict(settings.honour)):
        return Missing.HONOUR
    return None


def honour_digest(wording: Bilingual | None) -> str | None:
    """What is kept of an accepted statement: the digest of its wording in both languages."""
    return digest_of(dict(wording)) if wording else None


def is_inside(settings: QuizSettings, address: str) -> bool:
    """Is the address in one of the examination's networks, or are there none?"""
    if not settings.networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in settings.address_ranges)
