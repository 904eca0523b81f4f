"""Whom to believe: an issuer's public keys, as a file that stands on its own."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from app.certificates.proof.refusal import Refused

FORMAT: Final = "academy-issuer-1"
#: The log is served under the issuer's address.
LOG_PATH: Final = "/log"


def did_of(url: str) -> str:
    """did:web of an address: ``https://academy.example`` → ``did:web:academy.example``; a port is escaped."""
    parts = urlsplit(url)
    path = "".join(f":{quote(part, safe='')}" for part in parts.path.split("/") if part)
    return f"did:web:{quote(parts.netloc, safe='.-')}{path}"


def origin_of(url: str) -> str:
    """The log's origin: its address without the scheme."""
    parts = urlsplit(url)
    return f"{unquote(parts.netloc)}{parts.path.rstrip('/')}{LOG_PATH}"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer's keys, the retired ones too: what they signed in their time stays believable."""

    name: str
    #: The public address, without a slash at the end.
    url: str
    #: DER certificates of document keys, each followed by those above it.
    documents: tuple[tuple[bytes, ...], ...]
    #: Ed25519 keys of credentials and status lists, by name.
    credentials: Mapping[str, bytes]
    #: Verifier keys of the log.
    log_keys: tuple[str, ...]
    made_at: datetime

    @property
    def did(self) -> str:
        return did_of(self.url)

    def find_key(self, method: str) -> bytes:
        """The key of a verification method of ours. Raises Refused for any other."""
        did, _, name = method.partition("#")
        if did != self.did or name not in self.credentials:
            raise Refused("key_of_other", method)
        return self.credentials[name]

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "name": self.name,
            "url": self.url,
            "did": self.did,
            "documents": [[base64.b64encode(one).decode() for one in chain] for chain in self.documents],
            "credentials": {name: base64.b64encode(key).decode() for name, key in self.credentials.items()},
            "log": {"origin": origin_of(self.url), "keys": list(self.log_keys)},
            "made_at": self.made_at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Issuer":
        """Raises Refused for anything else than such a file."""
        try:
            if data["format"] != FORMAT:
                raise Refused("issuer_malformed", str(data["format"]))
            return cls(
                name=data["name"],
                url=data["url"],
                documents=tuple(
                    tuple(base64.b64decode(one, validate=True) for one in chain) for chain in data["documents"]
                ),
                credentials={name: base64.b64decode(key) for name, key in data["credentials"].items()},
                log_keys=tuple(data["log"]["keys"]),
                made_at=datetime.fromisoformat(data["made_at"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused("issuer_malformed", repr(error)) from None

    @classmethod
    def read(cls, data: bytes) -> "Issuer":
        """Raises Refused."""
        try:
            return cls.from_json(json.loads(data))
        except (ValueError, RecursionError):
            raise Refused("issuer_malformed") from None
