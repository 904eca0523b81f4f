"""Five verdicts on real files: what is right passes, and each forgery fails where it should."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from app.certificates.proof.issuer import Issuer
from app.certificates.proof.packing import packed
from app.certificates.proof.pagetext import text_of
from app.certificates.proof.pdf import Pdf
from app.certificates.proof.program import FAILED, UNKNOWN, VALID, WRONG_CALL, main
from app.certificates.proof.refusal import Parted, Refused
from app.certificates.proof.verdicts import CREDENTIAL, LOG_PROOF, Knowledge, Part, State, examine
from app.certificates.proof.words import FINDINGS, PARTS
from app.certificates.rules import Names
from app.config import PROJECT
from app.core.digests import canonical
from tests.support.proof import NOW, PLACES, issued, knowing, knowledge, office, rebuilt, saved, stated

pytestmark = pytest.mark.no_database


@dataclass(frozen=True)
class Forgery:
    """A file or a knowledge that is wrong, and the verdict that has to say so."""

    what: str
    part: Part
    data: bytes = field(default_factory=issued, repr=False)
    known: Knowledge = field(default_factory=knowledge, repr=False)
    issuer: Issuer = field(default_factory=lambda: office().issuer, repr=False)
    #: Some ignorance is no fault of the file: then nothing is said for it.
    state: State = State.FAILED
    #: Everything but this verdict passes: the others cannot have noticed.
    alone: bool = False


def flipped() -> Iterator[Forgery]:
    """One bit, all over the file: in page, fonts, attachments, signature, its padding, the cross-reference."""
    data = issued()
    step = len(data) // 70
    start = data.index(b"/Contents <")
    places = [*range(7, len(data), step), *range(start + 12, start + 1800, 150), len(data) - 2]
    for number, at in enumerate(places):
        altered = data[:at] + bytes([data[at] ^ 1 << number % 8]) + data[at + 1 :]
        yield Forgery(f"bit {number % 8} of byte {at}", Part.SIGNATURE, altered)


def reprinted() -> Iterator[Forgery]:
    """The issuer's own machine prints another text around the same credential: only the page gives it away."""
    attached = Pdf(issued()).attachments()
    document = stated().document
    changes: dict[str, Any] = {
        "name": replace(stated(), holder=Names("林见薇", "LIN JIANWEI")),
        "latin name": replace(stated(), holder=Names("林见微", "LIN JIANWEl")),
        "number": stated(serial=124),
        "day of issue": replace(stated(), issued_on="2026-11-24"),
        "validity": replace(stated(), document=replace(document, valid_until="2030-01-01")),
        "issuer": replace(stated(), document=replace(document, issuer={"zh": "另一机构", "en": "Another"})),
        "title": replace(stated(), document=replace(document, title={"zh": "毕业证书", "en": "Diploma"})),
        "no longer an example": replace(stated(), document=replace(document, example=False)),
        "level": stated(programme_level={"zh": "高级", "en": "Advanced"}),
        "programme": stated(programme_title={"zh": "别的方案", "en": "Another programme"}),
        "hours": stated(hours="81"),
        "mark": stated(result_percent="96"),
        "result's validity": stated(result_valid_until="2039-11-20"),
        "no examination": stated(result_percent=None, result_valid_until=None),
        "day of completion": stated(completed_on="2025-11-20"),
        "law as of": stated(law_as_of="2026-11-02"),
        "training body": stated(trained_at={"zh": "北京大学", "en": "Peking University"}),
    }
    for what, snapshot in changes.items():
        yield Forgery(f"printed otherwise: {what}", Part.PAGE, office().draw(snapshot, attached), alone=True)


def edited() -> Iterator[Forgery]:
    """The page edited in an editor, or something laid over it."""
    for kind in ("FreeText", "Stamp", "Square", "Link", "Highlight", "Redact"):
        with pikepdf.open(io.BytesIO(issued())) as pdf:
            annotation = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(f"/{kind}"), Rect=[100, 100, 400, 200]
            )
            pdf.pages[0].Annots.append(pdf.make_indirect(annotation))
            yield Forgery(f"laid over the page: {kind}", Part.PAGE, saved(pdf))
    for what, operators in {
        "text added": b"BT /%s 20 Tf 100 100 Td <0024> Tj ET",
        "text hidden behind a form": b"q 1 0 0 1 0 0 cm /Absent Do Q",
        "an inline image": b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI",
    }.items():
        with pikepdf.open(io.BytesIO(issued())) as pdf:
            font = next(iter(pdf.pages[0].resources.Font.keys())).removeprefix("/").encode()
            pdf.pages[0].contents_add(operators.replace(b"%s", font))
            yield Forgery(what, Part.PAGE, saved(pdf))
    with pikepdf.open(io.BytesIO(issued())) as pdf:
        pdf.pages.append(pdf.pages[0])
        yield Forgery("a second page", Part.PAGE, saved(pdf))
    with pikepdf.open(io.BytesIO(issued())) as pdf:
        pdf.pages[0].contents_add(b"3 Tr", prepend=True)
        yield Forgery("invisible text", Part.PAGE, saved(pdf))


def appended() -> Iterator[Forgery]:
    """A second revision, or anything behind the end."""
    data = issued()
    previous = int(data[: data.rindex(b"%%EOF")].split()[-1])
    number = max(Pdf(data).places) + 1
    added = f"\n{number} 0 obj\n<< >>\nendobj\n".encode()
    at = len(data) + len(added)
    table = f"xref\n{number} 1\n{len(data) + 1:010d} 00000 n \ntrailer\n<< /Size {number + 1} /Prev {previous} "
    root = f"/Root {Pdf(data).trailer['Root'].number} 0 R >>\nstartxref\n{at}\n%%EOF\n"
    yield Forgery("an appended revision", Part.SIGNATURE, data + added + table.encode() + root.encode())
    yield Forgery("a line behind the end", Part.SIGNATURE, data + b"\n")
    yield Forgery("half a file", Part.SIGNATURE, data[: len(data) // 2])
    yield Forgery("nothing", Part.SIGNATURE, b"")
    yield Forgery("another kind of file", Part.CREDENTIAL, b"PK\x03\x04")
    unsigned = rebuilt(data, {})
    yield Forgery("saved by an editor", Part.SIGNATURE, unsigned, alone=True)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(item, (*path, name))
    else:
        yield path


def _changed(value: Any, path: tuple[Any, ...]) -> Any:
    copy = json.loads(json.dumps(value))
    holder = copy
    for name in path[:-1]:
        holder = holder[name]
    old = holder[path[-1]]
    holder[path[-1]] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"
    return copy


def tampered() -> Iterator[Forgery]:
    """Each member of the credential changed, the log's proof changed, attachments swapped."""
    attached = Pdf(issued()).attachments()
    credential = json.loads(attached[CREDENTIAL])
    paths = [path for path in _leaves(credential) if path[0] != "printed"]
    paths += [path for path in _leaves(credential) if path[0] == "printed"][::9]
    for path in paths:
        changed = canonical(_changed(credential, path))
        where = "/".join(map(str, path))
        yield Forgery(f"credential: {where}", Part.CREDENTIAL, rebuilt(issued(), {CREDENTIAL: changed}))
    spaced = json.dumps(credential, ensure_ascii=False, indent=1).encode()
    yield Forgery("credential written otherwise", Part.CREDENTIAL, rebuilt(issued(), {CREDENTIAL: spaced}))
    for number, line in enumerate(attached[LOG_PROOF].split(b"\n")):
        if line:
            other = attached[LOG_PROOF].replace(line, line[:-2] + b"9" + line[-1:], 1)
            yield Forgery(f"log proof, line {number}", Part.LOG, rebuilt(issued(), {LOG_PROOF: other}))
    neighbour = stated("周同", "ZHOU TONG", 124)
    theirs = office().attachments(office().credential(neighbour, 2), 2)
    yield Forgery("another person's credential", Part.PAGE, rebuilt(issued(), theirs))
    yield Forgery("another's, printed by the issuer", Part.PAGE, office().draw(stated(), theirs), alone=True)
    mixed = {**attached, LOG_PROOF: theirs[LOG_PROOF]}
    yield Forgery("another's place in the log", Part.LOG, office().draw(stated(), mixed), alone=True)
    extra = office().draw(stated(), {**attached, "note.txt": b"with distinction"})
    yield Forgery("an attachment more", Part.CREDENTIAL, extra)
    bare = office().draw(stated(), {})
    yield Forgery("no credential", Part.CREDENTIAL, bare)
    unlogged = office().draw(stated(), {CREDENTIAL: attached[CREDENTIAL]})
    yield Forgery("no proof of the log", Part.LOG, unlogged)


def pretended() -> Iterator[Forgery]:
    """Another issuer's keys, each alone; a file that another issuer made under our address."""
    ours, theirs = office().issuer, office("Impostor").issuer
    yield Forgery(
        "another's document key", Part.SIGNATURE, issuer=replace(ours, documents=theirs.documents), alone=True
    )
    yield Forgery(
        "another's credential key", Part.CREDENTIAL, issuer=replace(ours, credentials=theirs.credentials)
    )
    renamed = dict(zip(ours.credentials, theirs.credentials.values(), strict=True))
    yield Forgery("another's key, our name", Part.CREDENTIAL, issuer=replace(ours, credentials=renamed))
    yield Forgery("another's log key", Part.LOG, issuer=replace(ours, log_keys=theirs.log_keys), alone=True)
    forged = office("Impostor")
    data = forged.draw(stated(), forged.attachments(forged.credential(stated())))
    for part in (Part.SIGNATURE, Part.CREDENTIAL, Part.LOG):
        yield Forgery(f"wholly forged: {part}", part, data)
    moved = replace(ours, url="https://elsewhere.example")
    yield Forgery("an issuer elsewhere", Part.CREDENTIAL, issuer=moved)


def outdated() -> Iterator[Forgery]:
    """Lists and checkpoints that are stale, rolled back, another's, or changed."""
    place = PLACES.revocation
    early = NOW - timedelta(hours=2)
    impostor = office("Impostor")
    lists = office().lists()
    altered = json.loads(lists[0])
    altered["validUntil"] = "2031-01-01T00:00:00Z"
    wrong: dict[str, Knowledge] = {
        "revoked": knowing(lists=office().lists(revoked=[place])),
        "suspended": knowing(lists=office().lists(suspended=[PLACES.suspension])),
        "a list from before the issue": knowing(lists=office().lists(at=early)),
        "a list older than one seen": knowing(seen=NOW + timedelta(minutes=30)),
        "another's list": knowing(lists=impostor.lists()),
        "a list changed": knowing(lists=[canonical(altered), lists[1]]),
        "only one of the lists": knowing(lists=lists[:1]),
        "the list of others": knowing(lists=[office().status_list("revocation", number=1), lists[1]]),
        "not a list": knowing(lists=[b"{}", lists[1]]),
        "dated in the future": knowing(now=NOW - timedelta(days=1)),
    }
    for what, known in wrong.items():
        yield Forgery(f"status: {what}", Part.STATUS, known=known, alone=True)
    stale = {"a stale list": knowing(now=NOW + timedelta(days=2)), "no list": knowing(lists=[])}
    for what, known in stale.items():
        yield Forgery(f"status: {what}", Part.STATUS, known=known, state=State.UNKNOWN, alone=True)
    for what, note in {
        "a truncated log": office().checkpoint([b"one", b"two"]),
        "another log of this size": office().checkpoint([b"x"] * 6),
        "another's checkpoint": impostor.checkpoint([b"x"] * 7),
        "a checkpoint changed": office().checkpoint([b"x"] * 7).replace("\n7\n", "\n8\n"),
    }.items():
        yield Forgery(what, Part.LOG, known=knowing(checkpoint=note), alone=True)


def test_a_real_file_passes_every_verdict() -> None:
    report = examine(issued(), office().issuer, knowledge())
    assert {one.part: one.state for one in report.verdicts} == dict.fromkeys(Part, State.PASSED)
    assert report.is_valid
    assert report.verdict(Part.STATUS).as_of == NOW
    newer = knowing(checkpoint=office().checkpoint([b"x"] * 7))
    assert examine(issued(), office().issuer, newer).is_valid
    printed = {line["key"]: line["value"]["zh"] for line in report.to_json()["printed"]}
    assert (printed["name"], printed["hours"]) == ("林见微", "18学时")


def test_every_mutation_is_detected_by_the_verdict_that_should() -> None:
    makers = (flipped, reprinted, edited, appended, tampered, pretended, outdated)
    forgeries = [forgery for maker in makers for forgery in maker()]
    assert len(forgeries) >= 200
    missed = []
    for forgery in forgeries:
        report = examine(forgery.data, forgery.issuer, forgery.known)
        others = {one.state for one in report.verdicts if one.part is not forgery.part}
        right = report.verdict(forgery.part).state is forgery.state and not report.is_valid
        if not right or (forgery.alone and others != {State.PASSED}):
            missed.append((forgery.what, [(one.part.value, one.state.value, one.code) for one in report.verdicts]))
    assert missed == []


def test_where_the_page_parts_from_what_was_signed_is_told() -> None:
    forged = next(reprinted())
    verdict = examine(forged.data, forged.issuer, forged.known).verdict(Part.PAGE)
    assert isinstance(verdict.detail, Parted)
    assert "林见微" in verdict.detail.signed
    assert "林见薇" in verdict.detail.drawn


def test_a_certificate_that_has_run_out_says_so() -> None:
    document = replace(stated().document, valid_until="2026-11-24")
    limited = replace(stated(), document=document)
    data = office().draw(limited, office().attachments(office().credential(limited)))
    last = knowing(now=NOW.replace(day=24, hour=15, minute=59), lists=office().lists(at=NOW.replace(day=24)))
    assert examine(data, office().issuer, last).is_valid, "until midnight in Beijing"
    over = examine(data, office().issuer, knowing(now=NOW.replace(day=24, hour=16)))
    assert over.verdict(Part.STATUS).code == "expired"
    assert over.is_genuine


def test_every_finding_has_words() -> None:
    source = "".join(path.read_text() for path in (PROJECT / "app/certificates/proof").glob("*.py"))

    codes = set(re.findall(r'Refused\(\s*"(\w+)"', source)) | set(re.findall(r'Verdict\([^")]*"(\w+)"', source))
    assert codes - set(FINDINGS) == set()
    assert set(PARTS) == {part.value for part in Part}


@pytest.mark.parametrize(
    "bomb",
    [
        b"%PDF-1.7\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\nxref\n0 99999999\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\n1 0 obj\n<< /Type /XRef /W [9 9 9] >>\nstream\n\nendstream\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\nxref\n0 0\ntrailer\n<< /Prev 9 >>\nstartxref\n9\n%%EOF\n",
    ],
)
def test_hostile_bytes_are_refused_quickly(bomb: bytes) -> None:
    report = examine(bomb, office().issuer, knowledge())
    assert not report.is_valid
    with pytest.raises(Refused):
        text_of(Pdf(bomb))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What somebody without a network has: the file, the issuer's keys, lists fetched some time ago."""
    (tmp_path / "certificate.pdf").write_bytes(issued())
    (tmp_path / "issuer.json").write_text(json.dumps(office().issuer.to_json()))
    for number, content in enumerate(office().lists()):
        (tmp_path / f"list{number}.json").write_bytes(content)
    return tmp_path


def call(folder: Path, *words: str) -> list[str]:
    return ["verify", str(folder / "certificate.pdf"), "--issuer", str(folder / "issuer.json"), *words]


def test_the_program_gives_status_and_age(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = [word for number in (0, 1) for word in ("--status", str(folder / f"list{number}.json"))]
    at = ["--at", (NOW + timedelta(hours=3)).isoformat()]
    assert main(call(folder, *lists, *at)) == VALID
    assert "VALID as of 2026-11-23 04:00 UTC (3 hours ago)" in capsys.readouterr().out
    assert main(call(folder, *at)) == UNKNOWN
    assert "whether still valid is not known since 2026-11-23 04:00 UTC" in capsys.readouterr().out
    assert main(call(folder, *lists, "--at", "2026-11-29")) == UNKNOWN
    capsys.readouterr()
    (folder / "certificate.pdf").write_bytes(issued()[:-1] + b"x")
    assert main(call(folder, *lists, *at, "--json")) == FAILED
    report = json.loads(capsys.readouterr().out)
    assert report["valid"] is False
    assert report["verdicts"]["signature"]["state"] == "failed"
    (folder / "issuer.json").write_text("{}")
    assert main(call(folder)) == WRONG_CALL
    assert main(call(folder, "--checkpoint", str(folder / "absent"))) == WRONG_CALL


def test_the_one_file_program_runs_alone(folder: Path) -> None:
    (folder / "verifier.pyz").write_bytes(packed())
    command = [
        sys.executable,
        "-I",
        "verifier.pyz",
        "verify",
        "certificate.pdf",
        "--issuer",
        "issuer.json",
        "--json",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == UNKNOWN, done.stderr
    report = json.loads(done.stdout)
    assert (report["genuine"], report["valid"]) == (True, False)
