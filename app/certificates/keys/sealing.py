"""Private keys at rest: AES-256-GCM under a key derived from SECRET_KEY or from a passphrase."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_INFO: Final = b"certificates/keys/1"
#: scrypt for passphrases that people choose: 32 MiB and about a tenth of a second.
_COST: Final = 2**15
HKDF_KIND: Final = "hkdf-sha256"
SCRYPT_KIND: Final = "scrypt"


class Unopenable(RuntimeError):
    """No configured secret opens a private key; the message names the settings to look at."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals with the passphrase if there is one, else with the secret; opens with either and with retired ones."""

    secrets: Sequence[str]
    passphrases: Sequence[str] = ()
    _derived: dict[tuple[str, str, bytes], bytes] = field(default_factory=dict, repr=False)

    def seal(self, name: str, private: bytes) -> str:
        """The private half of the key of this name, encrypted; the name cannot be exchanged for another."""
        kind, master = (SCRYPT_KIND, self.passphrases[0]) if self.passphrases else (HKDF_KIND, self.secrets[0])
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        data = AESGCM(self._derive(kind, master, salt)).encrypt(nonce, private, name.encode())
        parts = {"kdf": kind, "salt": _text(salt), "nonce": _text(nonce), "data": _text(data)}
        return json.dumps(parts, sort_keys=True)

    def open(self, name: str, sealed: str) -> bytes:
        """The private half. Raises Unopenable."""
        parts = json.loads(sealed)
        salt, nonce, data = (base64.b64decode(parts[part]) for part in ("salt", "nonce", "data"))
        for master in self.passphrases if parts["kdf"] == SCRYPT_KIND else self.secrets:
            try:
                return AESGCM(self._derive(parts["kdf"], master, salt)).decrypt(nonce, data, name.encode())
            except InvalidTag:
                continue
        wanted = "KEY_PASSPHRASE" if parts["kdf"] == SCRYPT_KIND else "SECRET_KEY or SECRET_KEY_FALLBACKS"
        raise Unopenable(f"the private key {name} cannot be opened: {wanted} is not what it was sealed with")

    def _derive(self, kind: str, master: str, salt: bytes) -> bytes:
        known = self._derived.get((kind, master, salt))
        if known is None:
            if kind == SCRYPT_KIND:
                known = Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(master.encode())
            else:
                known = HKDF(SHA256(), 32, salt, _INFO).derive(master.encode())
            self._derived[(kind, master, salt)] = known
        return known


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
