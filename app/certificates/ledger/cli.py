"""``flask certificates audit-log`` and ``verify``, ``verifier``."""

import json
import sys
from pathlib import Path

import click

from app.certificates.cli import group
from app.certificates.credentials.examining import examine_file
from app.certificates.keys.issuer import public_keys
from app.certificates.ledger.auditing import audit_own_log
from app.certificates.proof.audit import Address, audit
from app.certificates.proof.packing import packed
from app.certificates.proof.program import described, status_of
from app.certificates.proof.refusal import Refused
from app.certificates.proof.words import FINDINGS
from app.core import clock
from app.core.addresses import public_root
from app.core.database import release


@group.command("audit-log")
@click.option("--url", help="Audit a log at its public address, such as https://academy.example/log.")
@click.option(
    "--earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint kept from before.",
)
def audit_log(url: str | None, earlier: tuple[Path, ...]) -> None:
    """Check that records, entries, tiles and every signed checkpoint are one and the same tree."""
    keys = public_keys(public_root(), clock.now()).log_keys
    try:
        if url:
            found, _entries = audit(Address(url), keys, [path.read_text("utf-8") for path in earlier])
        else:
            found = audit_own_log(keys)
    except Refused as refused:
        raise click.ClickException(f"{FINDINGS[refused.code]} {refused.detail}") from None
    finally:
        release()
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(found.entries.items()))
    print(
        f"{found.checkpoint.size} entries ({counts}) under {found.checkpoint.origin}; "
        f"consistent with {found.earlier} checkpoints"
    )


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def verify(file: Path, *, as_json: bool) -> None:
    """Give the five verdicts on FILE with all that this site knows. Exit status: 0 valid, 1 not, 3 not known."""
    now = clock.now()
    report = examine_file(file.read_bytes(), public_root(), now).report
    release()
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    print(text if as_json else described(report, file.name, now))
    sys.exit(status_of(report))


@group.command("verifier")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def verifier(file: Path) -> None:
    """Write the offline verifier as one file: python FILE verify CERTIFICATE.pdf --issuer issuer.json."""
    file.write_bytes(packed())
    print(f"{file}: {len(packed()):,} bytes; give it away with the file of: flask certificates keys export-public")
