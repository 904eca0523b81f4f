"""A certificate against a naive WeasyPrint render of the same page; see docs/certificates.md.

Naive is what a careful but unhurried author writes: the same text, fonts, border, seal and QR code, with the
drawing as SVG images, one call of write_pdf() and nothing shared between documents. Both sides take turns in this
process; the figure is the ratio of their CPU times. Run it as ``python -m bench.certificates``.
"""

import base64
import io
import sys
import time
from collections.abc import Callable

import segno
from weasyprint import CSS, HTML

from app.certificates.numbers import make_number, new_code
from app.certificates.rendering import Printed, render
from app.certificates.rendering.drawing import svg
from app.certificates.rendering.layouts import LAYOUTS
from app.certificates.rendering.pipeline import PLACEHOLDER, TEMPLATES, markup
from app.certificates.rules import DocumentKind, Names, Snapshot
from bench.harness import Figure, report
from tests.support.certificates import completion_draft

ROUNDS = 12
GOAL = 1.5
HOLDERS = (Names("林见微", "LIN JIANWEI"), Names("周同窗", "ZHOU TONGCHUANG"), Names("吴教务", "WU JIAOWU"))


def snapshot(number: int) -> Snapshot:
    return Snapshot(
        number=make_number("OIPA", 2026, number),
        issued_on="2026-11-22",
        holder=HOLDERS[number % len(HOLDERS)],
        document=completion_draft(),
    )


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def naive(document: Snapshot, printed: Printed) -> bytes:
    """The same page, drawn the plain way."""
    layout = LAYOUTS[DocumentKind.COMPLETION]
    picture = svg(layout.drawing(True), layout.width, layout.height).encode()
    code = io.BytesIO()
    segno.make(printed.qr(document.number), error="m", micro=False).save(code, kind="svg", border=4)
    html = markup(document, printed).replace(PLACEHOLDER, _data_uri("image/svg+xml", code.getvalue()))
    background = f"@page {{ background: url({_data_uri('image/svg+xml', picture)}) 0 0 / 297mm 210mm no-repeat }}"
    style = (TEMPLATES / layout.stylesheet).read_text()
    pdf: bytes = HTML(string=html).write_pdf(stylesheets=[CSS(string=style), CSS(string=background)])
    return pdf


def ours(document: Snapshot, printed: Printed) -> bytes:
    return render(document, printed)


def cpu(draw: Callable[[Snapshot, Printed], bytes], document: Snapshot, printed: Printed) -> tuple[float, int]:
    """CPU seconds and bytes of one document."""
    start = time.process_time()
    data = draw(document, printed)
    return time.process_time() - start, len(data)


def measure(rounds: int = ROUNDS) -> list[Figure]:
    """Both sides in turns; CPU, which other load does not change."""
    spent = {naive: 0.0, ours: 0.0}
    sizes = {naive: 0, ours: 0}
    for number in range(rounds + 1):
        document, printed = snapshot(number + 1), Printed(new_code(), "https://academy.example")
        for draw in (naive, ours) if number % 2 else (ours, naive):
            seconds, size = cpu(draw, document, printed)
            if number:  # the first round warms up what a process does once
                spent[draw] += seconds
                sizes[draw] = size
    figures = [Figure("certificate, times cheaper than naive", spent[naive] / spent[ours], at_least=GOAL)]
    for name, draw in (("naive", naive), ("ours", ours)):
        figures.append(Figure(f"{name} certificate, CPU", spent[draw] / rounds * 1000, " ms"))
        figures.append(Figure(f"{name} certificate, size", sizes[draw] / 1024, " KiB"))
    return figures


def main() -> int:
    return report(measure())


if __name__ == "__main__":
    sys.exit(main())
