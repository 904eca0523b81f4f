"""The offline verifier: ``verify FILE --issuer issuer.json`` and ``audit URL --issuer issuer.json``.

Exit status of ``verify``: 0 everything passed, 1 something failed, 3 nothing failed but something could not be
checked, 2 it was called wrongly. It never says simply “valid”, but as of when.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from app.certificates.proof.audit import Address, audit
from app.certificates.proof.issuer import Issuer
from app.certificates.proof.refusal import Refused
from app.certificates.proof.verdicts import Knowledge, Report, State, examine
from app.certificates.proof.words import FINDINGS, PARTS
from app.core import clock

VALID, FAILED, WRONG_CALL, UNKNOWN = 0, 1, 2, 3
_MARKS: Final = {State.PASSED: "ok", State.FAILED: "FAILED", State.UNKNOWN: "unknown"}


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="certificate-verifier", description="Verify certificates offline.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="five verdicts on a PDF")
    verify.add_argument("file", type=Path)
    verify.add_argument("--issuer", type=Path, required=True, help="the issuer's public keys (issuer.json)")
    verify.add_argument("--status", type=Path, action="append", default=[], help="a status list, as fetched")
    verify.add_argument("--checkpoint", type=Path, help="a newer checkpoint of the log")
    verify.add_argument("--seen", type=_moment, help="refuse status lists made before this moment")
    verify.add_argument("--at", type=_moment, help="verify as if it were this moment")
    verify.add_argument("--json", action="store_true", help="the report as JSON")
    log = commands.add_parser("audit", help="check the whole log at its public address")
    log.add_argument("url", help="such as https://academy.example/log")
    log.add_argument("--issuer", type=Path, required=True)
    log.add_argument("--earlier", type=Path, action="append", default=[], help="a checkpoint kept from before")
    return parser.parse_args(arguments)


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest whole unit."""
    seconds = int(max(timedelta(), now - moment).total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def described(report: Report, name: str, now: datetime) -> str:
    """The report for people."""
    lines = [f"{name}  sha256 {report.sha256}"]
    for one in report.verdicts:
        known = f" [{one.as_of:%Y-%m-%d %H:%M} UTC, {age(one.as_of, now)}]" if one.as_of else ""
        detail = f" ({one.detail})" if one.detail else ""
        lines.append(f"  {_MARKS[one.state]:<8} {PARTS[one.part]}: {FINDINGS[one.code]}{detail}{known}")
    status = report.verdicts[-1]
    if report.is_valid and status.as_of:
        lines.append(f"VALID as of {status.as_of:%Y-%m-%d %H:%M} UTC ({age(status.as_of, now)})")
    elif report.is_refuted:
        lines.append("NOT VALID")
    elif status.as_of:
        lines.append(f"GENUINE; whether still valid is not known since {status.as_of:%Y-%m-%d %H:%M} UTC")
    else:
        lines.append("NOT VERIFIED")
    return "\n".join(lines)


def status_of(report: Report) -> int:
    """The exit status: 0 only if everything passed."""
    if report.is_valid:
        return VALID
    return FAILED if report.is_refuted else UNKNOWN


def _verify(options: argparse.Namespace, issuer: Issuer) -> int:
    now = options.at or clock.now()
    knowledge = Knowledge(
        now=now,
        lists=[path.read_bytes() for path in options.status],
        seen=options.seen,
        checkpoint=options.checkpoint.read_text(encoding="utf-8") if options.checkpoint else None,
    )
    report = examine(options.file.read_bytes(), issuer, knowledge)
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    print(text if options.json else described(report, options.file.name, now))
    return status_of(report)


def _audit(options: argparse.Namespace, issuer: Issuer) -> int:
    try:
        earlier = [path.read_text(encoding="utf-8") for path in options.earlier]
        found, _entries = audit(Address(options.url), issuer.log_keys, earlier)
    except Refused as refused:
        print(f"FAILED {FINDINGS[refused.code]} ({refused.detail})")
        return FAILED
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(found.entries.items()))
    print(f"ok: {found.checkpoint.size} entries ({counts}); grown from {found.earlier} earlier checkpoints")
    return VALID


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        issuer = Issuer.read(options.issuer.read_bytes())
        return _verify(options, issuer) if options.command == "verify" else _audit(options, issuer)
    except (OSError, UnicodeDecodeError) as error:
        print(f"certificate-verifier: {error}", file=sys.stderr)
    except Refused as refused:
        print(f"certificate-verifier: {FINDINGS[refused.code]} {refused.detail}", file=sys.stderr)
    return WRONG_CALL
