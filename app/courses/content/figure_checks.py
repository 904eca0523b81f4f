"""Faults of figures: the type of file, and for SVG nothing active, styled or foreign."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from lxml import etree

from app.core.messages import N_, Message
from app.courses.content.faults import Report
from app.courses.content.files import FilePath, Finding, KeptFile
from app.courses.content.pictures import TYPES, Unsafe, check_raster, parse_svg, suffix_of

_FORBIDDEN = {
    *("script", "style", "foreignObject", "image", "use", "a", "iframe", "embed", "object", "handler", "feImage"),
    *("animate", "animateMotion", "animateTransform", "animateColor", "set", "discard"),
}


def check_figure_file(path: FilePath, report: Report) -> None:
    """Report what must not be in a figure."""
    kept = path.media() if isinstance(path, KeptFile) else None
    for finding in kept.findings if kept else findings(path.name, path.read_bytes()):
        report.add(path, *finding)


@lru_cache(maxsize=512)
def findings(name: str, data: bytes) -> tuple[Finding, ...]:
    """Everything that must not be in a figure of this name."""
    suffix = PurePosixPath(name).suffix
    if suffix not in TYPES:
        return (
            Finding(
                1,
                1,
                N_("a figure of type %(suffix)s", suffix=suffix or N_("nothing")),
                N_("save it as .svg, .png or .jpg"),
            ),
        )
    try:
        if suffix == ".svg":
            return tuple(_svg_faults(parse_svg(data)))
        content = suffix_of(data)
        if content is None or TYPES[content] != TYPES[suffix]:
            return (
                Finding(
                    1,
                    1,
                    N_("the file is no %(suffix)s by its content", suffix=suffix),
                    N_("save it as what its name says"),
                ),
            )
        check_raster(data)
    except etree.XMLSyntaxError as error:
        return (Finding(error.lineno or 1, error.offset or 1, N_("not valid XML"), N_("mend the SVG")),)
    except Unsafe as fault:
        return (Finding(1, 1, fault.wrong, fault.mend),)
    return ()


def _svg_faults(tree: etree._Element) -> list[Finding]:
    found: list[Finding] = []
    if any(isinstance(node, etree._ProcessingInstruction) for node in tree.getroottree().xpath("//node()")):
        found.append(Finding(1, 1, N_("an instruction stands in the figure"), N_("remove it")))
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        line = int(element.sourceline or 1)
        name = etree.QName(element).localname
        if name in _FORBIDDEN:
            wrong = N_("<%(name)s> stands in the figure", name=name)
            found.append(Finding(line, 1, wrong, N_("draw with shapes, paths and text only")))
        found += [Finding(line, 1, *words) for words in _attribute_faults(element)]
    return found


def _attribute_faults(element: etree._Element) -> Iterator[tuple[Message, Message]]:
    for attribute, raw in element.attrib.items():
        name, value = etree.QName(attribute).localname, str(raw)
        if name in {"style", "class"}:
            yield (
                N_("a `%(name)s` attribute stands in the figure", name=name),
                N_('use presentation attributes such as fill="#1B2430"'),
            )
        elif name.startswith("on"):
            yield N_("the event attribute `%(name)s` stands in the figure", name=name), N_("remove it")
        elif name == "href" or "url(" in value.replace("url(#", ""):
            yield N_("the figure refers to `%(value)s`", value=value[:40]), N_("draw it within the file")
