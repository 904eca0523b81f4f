"""``flask quizzes verify-receipts``."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import Flask

from app.core.database import release
from app.quizzes.commands import quizzes
from app.quizzes.context import keyring
from app.quizzes.verification import document, queries, rules


@quizzes.command("verify-receipts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def verify_receipts(file: Path, *, as_json: bool) -> None:
    """Check a downloaded file of receipts against the database, in both directions.

    Exit 0: nothing missing, nothing altered. 1: something is; each finding is a line. 2: FILE is damaged, or not
    of this server.
    """
    try:
        found = document.read(file.read_bytes())
        held = queries.held(found.attempt_id)
        release()
        verdict = rules.compare(found, held, keyring())
    except (document.Damaged, rules.Foreign) as error:
        _unreadable(file, str(error), as_json=as_json)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(_described(found, verdict), ensure_ascii=False))
    else:
        _say(found, verdict)
    sys.exit(1 if verdict.all_findings else 0)


def _unreadable(file: Path, reason: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"verdict": "unreadable", "reason": reason}, ensure_ascii=False))
    else:
        click.echo(f"unreadable: {file.name}: {reason}")


def _described(found: document.Document, verdict: rules.Verdict) -> dict[str, Any]:
    return {
        "verdict": "differs" if verdict.all_findings else "agrees",
        "attempt": str(found.attempt_id),
        "events": [asdict(line) for line in verdict.lines],
        "findings": [asdict(finding) for finding in verdict.all_findings],
    }


def _say(found: document.Document, verdict: rules.Verdict) -> None:
    for line in verdict.lines:
        where = f"question {line.position}, " if line.position else ""
        about = f"event {line.ordinal}: {where}{line.status}, {line.received_at}"
        if not line.findings:
            click.echo(f"ok     {about}{f' ({line.note})' if line.note else ''}")
        for finding in line.findings:
            click.echo(f"WRONG  {about}: {finding.text}")
    for finding in verdict.findings:
        click.echo(f"WRONG  {finding.text}")
    count = len(verdict.all_findings)
    summary = f"{count} findings" if count else "nothing missing, nothing altered"
    click.echo(f"attempt {found.attempt_id}: {len(verdict.lines)} events: {summary}")


def init_app(app: Flask) -> None:
    app.cli.add_command(quizzes)
