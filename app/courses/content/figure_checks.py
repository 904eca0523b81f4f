"""Faults of figures: the type of file, and for SVG nothing active, styled or foreign."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from app.courses.content.faults import Report

_TYPES = {".svg", ".png"}
_FORBIDDEN = {"script", "style", "foreignObject", "image", "use", "a", "iframe", "animate", "set"}


def check_figure_file(path: Path, report: Report) -> None:
    """Report what must not be in a figure."""
    if path.suffix not in _TYPES:
        report.add(path, 1, 1, f"a figure of type {path.suffix or 'nothing'}", "save it as .svg or .png")
        return
    if path.suffix != ".svg":
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        report.add(path, error.lineno or 1, error.offset or 1, "not valid XML", "mend the SVG")
        return
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        line = int(element.sourceline or 1)
        name = etree.QName(element).localname
        if name in _FORBIDDEN:
            report.add(path, line, 1, f"<{name}> stands in the figure", "draw with shapes, paths and text only")
        for wrong, mend in _attribute_faults(element):
            report.add(path, line, 1, wrong, mend)


def _attribute_faults(element: etree._Element) -> Iterator[tuple[str, str]]:
    for attribute, raw in element.attrib.items():
        name, value = etree.QName(attribute).localname, str(raw)
        if name in {"style", "class"}:
            yield (
                f"a `{name}` attribute stands in the figure",
                'use presentation attributes such as fill="#1B2430"',
            )
        elif name.startswith("on"):
            yield f"the event attribute `{name}` stands in the figure", "remove it"
        elif name == "href" or "url(" in value.replace("url(#", ""):
            yield f"the figure refers to `{value[:40]}`", "draw it within the file"
