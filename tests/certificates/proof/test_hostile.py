"""Small files that ask for years of work or gigabytes of memory: refused after little of either."""

import json
import zlib
from collections.abc import Callable

import pytest

from app.certificates.proof.pagetext import text_of
from app.certificates.proof.pdf import WORK, Pdf
from app.certificates.proof.refusal import Refused
from app.certificates.proof.verdicts import CREDENTIAL, Part, State, examine
from app.core.digests import canonical
from tests.support.proof import issued, knowledge, office, rebuilt

pytestmark = pytest.mark.no_database


def stream(data: bytes, entries: bytes = b"", *, packed: bool = True) -> bytes:
    body = zlib.compress(data, 9) if packed else data
    kind = b"/Filter /FlateDecode " if packed else b""
    return b"<< /Length %d %s%s >>\nstream\n%s\nendstream" % (len(body), kind, entries, body)


def built(*objects: bytes) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + head + table + trailer


def page(contents: bytes, resources: bytes, *others: bytes) -> bytes:
    """One page with these contents and resources; other objects begin at number 4."""
    sheet = b"<< /Type /Page /Contents %s /Resources << %s >> >>" % (contents, resources)
    return built(b"<< /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] >>", sheet, *others)


def forms_in_forms() -> bytes:
    """Five forms, each drawing the next a thousand times, the last some text: a million billion pieces."""
    kind = b"/Subtype /Form /Resources << /XObject << /F %d 0 R >> >>"
    nested = [stream(b"/F Do " * 1000, kind % (5 + step)) for step in range(1, 5)]
    writing = stream(b"/T 9 Tf " + b"<01> Tj " * 1000, b"/Subtype /Form /Resources << /Font << /T 10 0 R >> >>")
    font = b"<< /Subtype /Type1 /ToUnicode 11 0 R >>"
    meaning = stream(b"1 beginbfchar <01> <0041> endbfchar")
    return page(b"4 0 R", b"/XObject << /F 5 0 R >>", stream(b"/F Do"), *nested, writing, font, meaning)


def glyphs_without_number() -> bytes:
    """A font that gives a meaning to every code, a thousand times."""
    meaning = stream(b"beginbfrange " + b"<0000> <ffff> <0000> " * 1000 + b"endbfrange")
    font = b"<< /Subtype /Type0 /ToUnicode 6 0 R >>"
    return page(b"4 0 R", b"/Font << /T 5 0 R >>", stream(b"/T 9 Tf <0001> Tj"), font, meaning)


def maps_without_end() -> bytes:
    """A map whose lists begin again and again, and never end."""
    font = b"<< /Subtype /Type0 /ToUnicode 6 0 R >>"
    meaning = stream(b"beginbfchar " * 300_000)
    return page(b"4 0 R", b"/Font << /T 5 0 R >>", stream(b"/T 9 Tf <0001> Tj"), font, meaning)


def contents_again_and_again() -> bytes:
    """One stream of a quarter of a megabyte, drawn a hundred thousand times."""
    return page(b"[" + b"4 0 R " * 100_000 + b"]", b"", stream(b"q Q " * 60_000, packed=False))


def a_tree_of_trees() -> bytes:
    """A hundred million branches without a page."""
    levels = [b"<< /Type /Pages /Kids [%s] >>" % (b"%d 0 R " % (step + 1) * 100) for step in range(2, 6)]
    return built(b"<< /Pages 2 0 R >>", *levels, b"<< /Type /Pages >>")


def a_bomb() -> bytes:
    """Ten kilobytes that unpack to ten megabytes."""
    return page(b"4 0 R", b"", stream(bytes(10_000_000)))


def parentheses() -> bytes:
    return page(b"4 0 R", b"", stream(b"(" * 300_000))


def rows_without_number() -> bytes:
    """A cross-reference stream of three hundred thousand rows."""
    head = b"%PDF-1.7\n"
    table = b"1 0 obj\n" + stream(bytes(300_000), b"/Type /XRef /W [1 0 0] /Size 300000") + b"\nendobj\n"
    return head + table + b"startxref\n%d\n%%%%EOF\n" % len(head)


@pytest.mark.parametrize(
    "make",
    [
        forms_in_forms,
        glyphs_without_number,
        maps_without_end,
        contents_again_and_again,
        a_tree_of_trees,
        a_bomb,
        parentheses,
        rows_without_number,
    ],
)
def test_a_small_file_cannot_ask_for_endless_work(make: Callable[[], bytes]) -> None:
    data = make()
    assert len(data) < 1024 * 1024, "as large as an upload may be"
    report = examine(data, office().issuer, knowledge())
    assert report.is_refuted
    with pytest.raises(Refused, match=r"pdf_unreadable"):
        text_of(Pdf(data))


def test_a_credential_of_many_nodes_alike_is_refused_before_they_are_compared() -> None:
    """Canonicalisation asks which of them is which: small documents can ask that for minutes."""
    credential = json.loads(Pdf(issued()).attachments()[CREDENTIAL])
    alike = [{"type": "Profile"}] * 4
    subject = {"type": "AchievementSubject", "achievement": alike, "result": alike, "source": alike}
    credential["credentialSubject"] = [subject] * 4
    report = examine(rebuilt(issued(), {CREDENTIAL: canonical(credential)}), office().issuer, knowledge())
    verdict = report.verdict(Part.CREDENTIAL)
    assert (verdict.state, verdict.code, verdict.detail) == (State.FAILED, "credential_malformed", "its shape")


def test_a_document_of_ours_takes_a_small_part_of_what_is_allowed() -> None:
    pdf = Pdf(issued())
    pdf.attachments()
    text_of(pdf)
    assert (WORK - pdf.budget.left) * 20 < WORK


def test_what_is_wrong_in_one_part_is_told_of_that_part() -> None:
    """An object that cannot be read is unreadable every time it is asked for, and nothing else."""
    pdf = Pdf(page(b"4 0 R", b"", b"<< /Broken"))
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            text_of(pdf)
        assert refused.value.detail != "objects in a circle"
    assert examine(b"", office().issuer, knowledge()).verdicts[0].state is State.FAILED
