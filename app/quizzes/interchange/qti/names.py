"""QTI 2 and 3 say the same with other names: everything here is written and read with those of version 2."""

import copy
import re
from typing import Final

from lxml import etree

from app.quizzes.interchange.safe_xml import local_name

NS2: Final = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
}
NS3: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"

#: QTI's own elements that look like HTML's: without a capital letter. All others of QTI have one.
_PLAIN: Final = frozenset(
    (
        *("and", "any", "contains", "correct", "default", "delete", "divide", "equal", "gap", "gcd", "gt", "gte"),
        *("hottext", "index", "inside", "lcm", "lt", "lte", "mapping", "match", "max", "member", "min"),
        *("multiple", "not", "null", "or", "ordered", "power", "product", "prompt", "random", "repeat", "round"),
        *("substring", "subtract", "sum", "truncate", "value", "variable"),
    )
)


def to_version_3(element: etree._Element) -> etree._Element:
    """A copy of a version 2 tree with the names of version 3; what is none of QTI's (MathML) as it is."""
    if not str(element.tag).startswith(f"{{{NS2['2.2']}}}"):
        return copy.deepcopy(element)
    name = local_name(str(element.tag))
    own = name in _PLAIN or any(character.isupper() for character in name)
    copied = etree.Element(f"{{{NS3}}}{'qti-' + _kebab(name) if own else name}", nsmap={None: NS3})
    for attribute, value in element.attrib.items():
        copied.set(_kebab(str(attribute)) if own and "}" not in str(attribute) else str(attribute), str(value))
    copied.text, copied.tail = element.text, element.tail
    copied.extend(to_version_3(inner) for inner in element)
    return copied


def to_version_2(element: etree._Element) -> etree._Element:
    """A copy of a tree of either version, without namespaces, with the names of version 2."""
    name = local_name(str(element.tag))
    own = name.startswith("qti-")
    copied = etree.Element(_camel(name.removeprefix("qti-")) if own else name)
    for attribute, value in element.attrib.items():
        plain = str(attribute)
        copied.set(
            _camel(plain) if own and "}" not in plain and not plain.startswith("data-") else plain, str(value)
        )
    copied.text, copied.tail = element.text, element.tail
    for inner in element:
        if isinstance(inner.tag, str):
            copied.append(to_version_2(inner))
        else:
            _keep_text(copied, str(inner.tail or ""))
    return copied


def _keep_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = f"{parent[-1].tail or ''}{text}"
    else:
        parent.text = f"{parent.text or ''}{text}"


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()


def _camel(name: str) -> str:
    return re.sub(r"-([a-z])", lambda found: found.group(1).upper(), name)
