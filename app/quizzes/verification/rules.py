"""Compare a file of receipts with what the database holds. Pure."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.quizzes.receipts import Keyring, Receipt, body_digest, timestamp
from app.quizzes.verification.document import Claim, Document


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event as it stands in the database; content and salt are None once erased."""

    receipt: Receipt
    body: dict[str, Any] | None
    salt: str | None


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A question of the paper: what counts according to its row, and what was graded."""

    position: int
    answer_ordinal: int | None
    flagged: bool
    #: Has the attempt a result?
    graded: bool = False
    #: The answer that the result was made from.
    graded_ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt in the database; ``head`` is None when there is none of this identifier."""

    attempt_id: uuid.UUID
    head: int | None = None
    events: tuple[HeldEvent, ...] = ()
    items: Mapping[uuid.UUID, HeldItem] = field(default_factory=dict)
    #: Late answers that an invigilator lets count; their receipts go on saying that they were late.
    decided: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be. ``code`` is for programs; ``ordinal`` is None for the attempt as a whole."""

    code: str
    text: str
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The verdict on one event: none wrong when ``findings`` is empty."""

    ordinal: int
    position: int | None
    status: str
    received_at: str
    note: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that was compared."""

    lines: tuple[Line, ...]
    #: About the attempt as a whole.
    findings: tuple[Finding, ...]

    @property
    def all_findings(self) -> list[Finding]:
        return [*self.findings, *(finding for line in self.lines for finding in line.findings)]


class Foreign(ValueError):
    """The file is of another server: neither its attempt nor its keys are known here."""


def compare(document: Document, held: Held, keyring: Keyring) -> Verdict:
    """Every difference between the file and the database, and within each. Raises Foreign."""
    claims = [claim for claim in document.claims if claim is not None]
    if held.head is None:
        return _without_attempt(document, claims, keyring)
    found: dict[int | None, list[Finding]] = defaultdict(list)
    # However many events a forged file speaks of, we look for those that there were.
    end = max([held.head, *(claim.receipt.ordinal for claim in claims if keyring.verify(claim.receipt))])
    for finding in (
        *_file(document, keyring, end),
        *_database(held, keyring),
        *_both(claims, held),
        *_counting(held),
    ):
        found[finding.ordinal].append(finding)
    in_file = {claim.receipt.ordinal: claim for claim in claims}
    in_database = {event.receipt.ordinal: event for event in held.events}
    ordinals = sorted({*in_file, *in_database, *(ordinal for ordinal in found if ordinal is not None)})
    lines = [
        _line(ordinal, in_file.get(ordinal), in_database.get(ordinal), held, tuple(found[ordinal]))
        for ordinal in ordinals
    ]
    return Verdict(tuple(lines), tuple(found[None]))


def _line(
    ordinal: int, claim: Claim | None, event: HeldEvent | None, held: Held, findings: tuple[Finding, ...]
) -> Line:
    receipt = event.receipt if event else claim.receipt if claim else None
    item = held.items.get(receipt.item_id) if receipt else None
    notes = []
    if claim is None and event is not None and not findings:
        notes.append("newer than the file")
    if event is not None and event.salt is None:
        notes.append("its content has been erased")
    if ordinal in held.decided:
        notes.append("counted by an invigilator's decision")
    return Line(
        ordinal,
        item.position if item else None,
        receipt.status if receipt else "",
        timestamp(receipt.received_at) if receipt else "",
        ", ".join(notes),
        findings,
    )


def _without_attempt(document: Document, claims: list[Claim], keyring: Keyring) -> Verdict:
    """A receipt of ours for an attempt that is gone proves a loss; anything else proves nothing."""
    ours = sum(keyring.verify(claim.receipt) for claim in claims)
    if not ours:
        raise Foreign(
            f"attempt {document.attempt_id} is not in this database, and no receipt is signed by its keys"
        )
    text = f"attempt {document.attempt_id} is not in the database, though this server signed {ours} receipts of it"
    return Verdict((), (Finding("attempt_lost", text),))


def _file(document: Document, keyring: Keyring, end: int) -> Iterator[Finding]:
    """What is wrong with the file itself; ``end`` is the last event that there can be."""
    last = 0
    seen: Counter[int] = Counter()
    for place, claim in enumerate(document.claims, start=1):
        if claim is None:
            yield Finding("malformed", f"entry {place} of the file is not written as this server writes receipts")
            continue
        ordinal = claim.receipt.ordinal
        seen[ordinal] += 1
        if seen[ordinal] == 2:
            yield Finding("duplicate", "stands in the file more than once", ordinal)
        elif ordinal < last:
            yield Finding("order", f"stands in the file after event {last}", ordinal)
        last = max(last, ordinal)
        yield from _claimed(claim, document.attempt_id, keyring)
    for ordinal in sorted(set(range(1, min(end, max(document.head, last)) + 1)) - set(seen)):
        yield Finding("dropped", "is missing in the file", ordinal)
    if document.head != last:
        yield Finding("file_head", f"the file says that it has {document.head} events; its last is event {last}")


def _claimed(claim: Claim, attempt_id: uuid.UUID, keyring: Keyring) -> Iterator[Finding]:
    receipt = claim.receipt
    if receipt.attempt_id != attempt_id:
        yield Finding("other_attempt", f"the receipt is of another attempt, {receipt.attempt_id}", receipt.ordinal)
    if not keyring.knows(receipt.key_id):
        yield Finding(
            "unknown_key", f"signed with a key this server does not have: {receipt.key_id}", receipt.ordinal
        )
    elif not keyring.verify(receipt):
        yield Finding(
            "forged", "the receipt in the file was changed: its signature does not verify", receipt.ordinal
        )
    if (claim.salt is None) != (claim.answer is None) or (
        claim.salt is not None and claim.answer is not None and _differs(claim.salt, claim.answer, receipt.digest)
    ):
        yield Finding("answer", "the answer in the file is not the one that the receipt is about", receipt.ordinal)


def _differs(salt: str, body: dict[str, Any], digest: str) -> bool:
    return body_digest(salt, body) != digest


def _database(held: Held, keyring: Keyring) -> Iterator[Finding]:
    """What is wrong with the database by itself: its head, its gaps, and rows that we did not sign."""
    ordinals = [event.receipt.ordinal for event in held.events]
    if held.head != len(ordinals) or held.head != max(ordinals, default=0):
        last = max(ordinals, default=0)
        text = f"the attempt counts {held.head} events; the database holds {len(ordinals)}, the last is {last}"
        yield Finding("head", text)
    for ordinal in sorted(set(range(1, max(ordinals, default=0) + 1)) - set(ordinals)):
        yield Finding("gap", "is missing in the database", ordinal)
    for event in held.events:
        receipt = event.receipt
        if receipt.item_id not in held.items:
            yield Finding("other_paper", "the database has it at a question of another paper", receipt.ordinal)
        if not keyring.verify(receipt):
            text = "the database's row was not written by this server: its signature does not verify"
            if not keyring.knows(receipt.key_id):
                text = f"the database's row is signed with a key this server does not have: {receipt.key_id}"
            yield Finding("row", text, receipt.ordinal)
        if event.salt is not None and (event.body is None or _differs(event.salt, event.body, receipt.digest)):
            yield Finding("content", "the database holds another answer than was received", receipt.ordinal)


_WORDS = {
    "item_id": "question",
    "kind": "kind",
    "digest": "answer",
    "received_at": "moment",
    "status": "status",
    "key_id": "key",
    "mac": "signature",
}


def _both(claims: list[Claim], held: Held) -> Iterator[Finding]:
    """Where file and database contradict each other."""
    in_database = {event.receipt.ordinal: event.receipt for event in held.events}
    for claim in claims:
        ordinal = claim.receipt.ordinal
        kept = in_database.get(ordinal)
        if kept is None:
            yield Finding("lost", "has a receipt and is not in the database", ordinal)
            continue
        differing = [word for name, word in _WORDS.items() if getattr(kept, name) != getattr(claim.receipt, name)]
        if differing:
            yield Finding("differs", f"file and database differ: {', '.join(differing)}", ordinal)


def _counting(held: Held) -> Iterator[Finding]:
    """The answer that counts is the last one that was counted, by its receipt or by an invigilator's decision; the
    result was made from it."""
    answers: dict[uuid.UUID, int] = {}
    flags: dict[uuid.UUID, HeldEvent] = {}
    for event in held.events:
        late_but_counts = event.receipt.status == "late" and event.receipt.ordinal in held.decided
        if event.receipt.status != "counted" and not late_but_counts:
            continue
        if event.receipt.kind == "flag":
            flags[event.receipt.item_id] = event
        else:
            answers[event.receipt.item_id] = event.receipt.ordinal
    for item_id, item in held.items.items():
        counts = answers.get(item_id)
        if item.answer_ordinal != counts:
            text = f"question {item.position}: {_event(item.answer_ordinal)} counts, not {_event(counts)}"
            yield Finding("counts", text)
        elif item.graded and item.graded_ordinal != counts:
            text = f"question {item.position}: {_event(item.graded_ordinal)} was graded; {_event(counts)} counts"
            yield Finding("graded", text)
        flag = flags.get(item_id)
        raised = bool((flag.body or {}).get("flagged")) if flag else False
        if item.flagged != raised and not (flag and flag.body is None):
            yield Finding(
                "flag", f"question {item.position}: its mark to come back does not follow from the events"
            )


def _event(ordinal: int | None) -> str:
    return "no event" if ordinal is None else f"event {ordinal}"
