"""Five separate verdicts on a file. Each says what it found; what cannot be checked is never “valid”."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

from app.certificates.proof import integrity
from app.certificates.proof.entries import credential_entry, file_entry
from app.certificates.proof.issuer import Issuer
from app.certificates.proof.jsonld import CREDENTIALS, OPEN_BADGES, OWN_PATH, contexts_of
from app.certificates.proof.merkle import verify_consistency
from app.certificates.proof.notes import Checkpoint, LogProof, open_checkpoint
from app.certificates.proof.pades import Signed, verify_signature
from app.certificates.proof.pagetext import comparable, text_of
from app.certificates.proof.pdf import Pdf
from app.certificates.proof.refusal import Parted, Refused
from app.certificates.proof.statuslists import PURPOSES, StatusList, is_set, open_list, read_moment
from app.core.digests import canonical, digest_of

#: The files that a document carries.
CREDENTIAL: Final = "credential.json"
LOG_PROOF: Final = "credential.tlog-proof"
#: Clocks may differ by so much.
SKEW: Final = timedelta(minutes=5)
#: Bytes of a credential: a transcript of a hundred courses has seventy thousand.
_LARGEST: Final = 256 * 1024
#: Objects in a credential, besides what is literal in it; ours have about ten.
_NODES: Final = 32
_LITERALS: Final = ("record", "printed", "pageText")
#: What hostile bytes may make a parser raise.
_BROKEN: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError)


class State(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    #: Nothing speaks against it, but it could not be checked.
    UNKNOWN = "unknown"


class Part(StrEnum):
    """What a verdict is about."""

    SIGNATURE = "signature"
    CREDENTIAL = "credential"
    PAGE = "page"
    LOG = "log"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` says why, for programs and translations; ``as_of`` how old the knowledge behind it is."""

    part: Part
    state: State
    code: str
    detail: str | Parted = ""
    as_of: datetime | None = None


class LogView(Protocol):
    """The log as it stands now, for those who can reach it."""

    def head(self) -> str:
        """The newest signed checkpoint."""
        ...

    def consistency(self, old: int, size: int) -> Sequence[bytes]:
        """The proof that the tree of ``size`` begins with the tree of ``old``."""
        ...

    def holds(self, entry: bytes) -> bool:
        """Does an entry stand in the log?"""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the verifier knows besides the issuer's keys."""

    now: datetime
    #: Status lists as they were fetched.
    lists: Sequence[bytes] = ()
    #: A list older than this one has been seen before: an earlier one would be a step back.
    seen: datetime | None = None
    #: A checkpoint of the log, newer than the file's.
    checkpoint: str | None = None
    log: LogView | None = None
    #: The status as the issuer's own records have it, instead of lists.
    live: Callable[[dict[str, Any]], Verdict] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on a file, and what its credential states if that is believed."""

    sha256: str
    verdicts: tuple[Verdict, ...]
    credential: dict[str, Any] | None = field(default=None, repr=False)
    signed: Signed | None = None

    def verdict(self, part: Part) -> Verdict:
        return next(one for one in self.verdicts if one.part is part)

    @property
    def is_valid(self) -> bool:
        """Did every verdict pass?"""
        return all(one.state is State.PASSED for one in self.verdicts)

    @property
    def is_refuted(self) -> bool:
        """Did any verdict fail?"""
        return any(one.state is State.FAILED for one in self.verdicts)

    @property
    def is_genuine(self) -> bool:
        """Is it ours and unchanged, whatever became of it since?"""
        return all(one.state is State.PASSED for one in self.verdicts if one.part is not Part.STATUS)

    def to_json(self) -> dict[str, Any]:
        status = self.verdict(Part.STATUS)
        return {
            "sha256": self.sha256,
            "valid": self.is_valid,
            "genuine": self.is_genuine,
            "valid_as_of": status.as_of.isoformat() if self.is_valid and status.as_of else None,
            "verdicts": {
                one.part.value: {
                    "state": one.state.value,
                    "code": one.code,
                    "detail": str(one.detail),
                    "as_of": one.as_of.isoformat() if one.as_of else None,
                }
                for one in self.verdicts
            },
            "signed_by": self.signed.signer if self.signed else None,
            "signed_at": self.signed.signed_at.isoformat() if self.signed and self.signed.signed_at else None,
            "timestamp_by": self.signed.timestamp_by if self.signed else "",
            "printed": self.credential["printed"] if self.credential else [],
        }


def examine(data: bytes, issuer: Issuer, knowledge: Knowledge) -> Report:
    """Check a file. Never raises for what a file holds: whatever cannot be read fails."""
    return _Examination(data, issuer, knowledge).report()


class _Examination:
    """One file under examination."""

    def __init__(self, data: bytes, issuer: Issuer, knowledge: Knowledge) -> None:
        self.data = data
        self.issuer = issuer
        self.knowledge = knowledge
        self.raw = b""
        self.credential: dict[str, Any] = {}
        self.signed: Signed | None = None
        #: Is the credential signed by the issuer? Before that it says nothing.
        self.believed = False
        self.attached: dict[str, bytes] = {}

    @cached_property
    def pdf(self) -> Pdf:
        """Read once, at the expense of one budget. Raises Refused."""
        return Pdf(self.data)

    def report(self) -> Report:
        signature = self._judge(Part.SIGNATURE, self._signature)
        credential = self._judge(Part.CREDENTIAL, self._credential)
        self.believed = credential.state is State.PASSED
        verdicts = (
            signature,
            credential,
            self._judge(Part.PAGE, self._page),
            self._judge(Part.LOG, self._log),
            self._judge(Part.STATUS, self._status)
            if self.believed
            else Verdict(Part.STATUS, State.UNKNOWN, "credential_first"),
        )
        digest = hashlib.sha256(self.data).hexdigest()
        return Report(digest, verdicts, self.credential if self.believed else None, self.signed)

    @staticmethod
    def _judge(part: Part, check: Callable[[], Verdict]) -> Verdict:
        try:
            return check()
        except Refused as refused:
            return Verdict(part, State.FAILED, refused.code, refused.detail)
        except _BROKEN as error:
            return Verdict(part, State.FAILED, "unreadable", type(error).__name__)

    def _signature(self) -> Verdict:
        self.signed = verify_signature(self.pdf, self.issuer)
        return Verdict(Part.SIGNATURE, State.PASSED, "signed", self.signed.signer, self.signed.signed_at)

    def _credential(self) -> Verdict:
        self.attached = self.pdf.attachments()
        if CREDENTIAL not in self.attached:
            raise Refused("no_credential")
        self.raw = self.attached[CREDENTIAL]
        self.credential = read_credential(self.raw)
        if set(self.attached) != {CREDENTIAL, LOG_PROOF}:
            raise Refused("other_attachments", ", ".join(sorted(self.attached)))
        verify_credential(self.credential, self.issuer)
        return Verdict(
            Part.CREDENTIAL, State.PASSED, "proof_right", self.credential["proof"]["verificationMethod"]
        )

    def _page(self) -> Verdict:
        drawn = comparable(text_of(self.pdf))
        if not self.credential:
            raise Refused("no_claims")
        if drawn != comparable(str(self.credential["pageText"])):
            raise Refused("page_differs", _difference(comparable(str(self.credential["pageText"])), drawn))
        record = self.credential["record"]
        stated = (record["number"], record["holder"]["name"], self.credential["recordDigest"])
        if not all(comparable(text) in drawn for text in stated):
            raise Refused("page_differs", "the page does not state what the record states")
        if not self.believed:
            return Verdict(Part.PAGE, State.UNKNOWN, "claims_not_signed")
        return Verdict(Part.PAGE, State.PASSED, "page_equals")

    def _log(self) -> Verdict:
        if LOG_PROOF not in self.attached:
            raise Refused("no_log_proof")
        identity = str(self.credential["id"])
        entry = credential_entry(identity, hashlib.sha256(self.raw).hexdigest())
        proof = LogProof.read(self.attached[LOG_PROOF].decode())
        checkpoint = proof.verify(entry, self.issuer.log_keys)
        if self.knowledge.checkpoint is not None:
            newer = open_checkpoint(self.knowledge.checkpoint, self.issuer.log_keys)
            _demand_growth(checkpoint, newer)
        if self.knowledge.log is not None:
            self._demand_logged(checkpoint, identity, self.knowledge.log)
        return Verdict(Part.LOG, State.PASSED, "in_log", f"{proof.index} of {checkpoint.size}")

    def _demand_logged(self, checkpoint: Checkpoint, identity: str, log: LogView) -> None:
        """The log as it stands begins with the log of the proof, and holds the digest of this very file."""
        newer = open_checkpoint(log.head(), self.issuer.log_keys)
        _demand_growth(checkpoint, newer)
        path = log.consistency(checkpoint.size, newer.size) if checkpoint.size < newer.size else []
        verify_consistency(checkpoint.size, checkpoint.root, newer.size, newer.root, path)
        if not log.holds(file_entry(identity, hashlib.sha256(self.data).hexdigest())):
            raise Refused("file_not_in_log")

    def _status(self) -> Verdict:
        now = self.knowledge.now
        issued = read_moment(self.credential["validFrom"])
        if issued > now + SKEW:
            raise Refused("not_yet_valid")
        if "validUntil" in self.credential and read_moment(self.credential["validUntil"]) < now:
            return Verdict(Part.STATUS, State.FAILED, "expired", self.credential["validUntil"], now)
        if self.knowledge.live:
            return self.knowledge.live(self.credential)
        if not self.knowledge.lists:
            return Verdict(Part.STATUS, State.UNKNOWN, "status_not_given", as_of=issued)
        return self._listed(issued)

    def _listed(self, issued: datetime) -> Verdict:
        """What the status lists say of the credential."""
        now = self.knowledge.now
        lists = [open_list(_json(raw), self.issuer) for raw in self.knowledge.lists]
        entries = {entry["statusPurpose"]: entry for entry in self.credential["credentialStatus"]}
        found = [self._list_for(entries[purpose], lists) for purpose in PURPOSES]
        as_of = min(one.made_at for one in found)
        for word, purpose, one in zip(("revoked", "suspended"), PURPOSES, found, strict=True):
            if is_set(one.bits, int(entries[purpose]["statusListIndex"])):
                return Verdict(Part.STATUS, State.FAILED, word, as_of=one.made_at)
        if as_of < issued - SKEW or (self.knowledge.seen and as_of < self.knowledge.seen):
            return Verdict(Part.STATUS, State.FAILED, "status_rolled_back", as_of=as_of)
        if min(one.valid_until for one in found) < now or as_of > now + SKEW:
            return Verdict(Part.STATUS, State.UNKNOWN, "status_stale", as_of=as_of)
        return Verdict(Part.STATUS, State.PASSED, "in_force", as_of=as_of)

    @staticmethod
    def _list_for(entry: dict[str, Any], lists: Sequence[StatusList]) -> StatusList:
        """The newest list that an entry of the credential names. Raises Refused when it was not given."""
        address, purpose = entry["statusListCredential"], entry["statusPurpose"]
        matching = [one for one in lists if (one.address, one.purpose) == (address, purpose)]
        if not matching:
            raise Refused("status_of_other", address)
        return max(matching, key=lambda one: one.made_at)


def _demand_growth(old: Checkpoint, new: Checkpoint) -> None:
    if new.size < old.size:
        raise Refused("log_truncated", f"{new.size} after {old.size}")
    if new.size == old.size and new.root != old.root:
        raise Refused("log_forked")


def _json(raw: bytes) -> dict[str, Any]:
    """A JSON object in canonical form: one way to write it, no member twice. Raises Refused."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused("credential_malformed", "not JSON") from None
    if not isinstance(value, dict) or canonical(value) != raw:
        raise Refused("credential_malformed", "not canonical")
    return value


def read_credential(raw: bytes) -> dict[str, Any]:
    """A credential's members, nothing verified yet. Raises Refused."""
    if len(raw) > _LARGEST:
        raise Refused("credential_malformed", "too large")
    return _json(raw)


def verify_credential(credential: dict[str, Any], issuer: Issuer) -> None:
    """Its proof, its issuer, and that its record is the one it names. Raises Refused."""
    _demand_modest(credential, 0)
    if credential["@context"] != [CREDENTIALS, OPEN_BADGES, issuer.url + OWN_PATH]:
        raise Refused("unknown_context", json.dumps(credential["@context"]))
    if "AcademyCertificate" not in credential["type"] or credential["issuer"]["id"] != issuer.did:
        raise Refused("credential_of_other", str(credential["issuer"]["id"]))
    integrity.verify(credential, contexts_of(issuer.url), issuer.find_key)
    if digest_of(credential["record"]) != credential["recordDigest"]:
        raise Refused("record_differs")


def _demand_modest(value: Any, depth: int) -> int:
    """Refuse shapes on which canonicalisation could work for long: many nodes, many alike, nodes named by hand.

    Returns how many nodes there are.
    """
    nodes = 0
    if depth > 6 or (isinstance(value, str) and value.startswith("_:")):
        raise Refused("credential_malformed", "its shape")
    if isinstance(value, list):
        if len(value) > 4:
            raise Refused("credential_malformed", "its shape")
        nodes += sum(_demand_modest(item, depth + 1) for item in value)
    if isinstance(value, dict):
        if len(value) > 24 or any(name.startswith("@") and name != "@context" for name in value):
            raise Refused("credential_malformed", "its shape")
        inner = (item for name, item in value.items() if depth or name not in _LITERALS)
        nodes += 1 + sum(_demand_modest(item, depth + 1) for item in inner)
    if nodes > _NODES:
        raise Refused("credential_malformed", "its shape")
    return nodes


def _difference(signed: str, drawn: str) -> Parted:
    """The first place where two texts part."""
    at = next(
        (at for at, (a, b) in enumerate(zip(signed, drawn, strict=False)) if a != b), min(len(signed), len(drawn))
    )
    begin, end = max(0, at - 6), at + 12
    return Parted(f"…{signed[begin:end]}…", f"…{drawn[begin:end]}…")
