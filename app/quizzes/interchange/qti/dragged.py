"""Dragging in QTI: words into a text (gapMatch), labels onto a picture (graphicGapMatch)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange.answers import check_parts
from app.quizzes.interchange.media import SUFFIXES
from app.quizzes.interchange.model import ANY, LANGUAGES, CannotGo, CannotTake, Raw, Texts
from app.quizzes.interchange.qti import gapped
from app.quizzes.interchange.qti.content import LANGUAGE_TAGS, fill_line
from app.quizzes.interchange.qti.reading import Reading, choice_ids
from app.quizzes.interchange.qti.writing import Writing
from app.quizzes.interchange.running import cut
from app.quizzes.interchange.safe_xml import XML_NS, children, descendants
from app.quizzes.interchange.zones import image_of, rectangle

PREFIX: Final = "gap-"
_NOT_TEXT: Final = frozenset({"gapText", "gapImg", "prompt"})


def read_text(reading: Reading) -> Raw:
    """Words into the gaps of a text. Raises CannotTake."""
    items, named = _items(reading)
    places = descendants(reading.interaction, "gap")
    check_parts(places, 1)
    names = gapped.names_of([place.get("identifier", "") for place in places], PREFIX)
    around = gapped.texts(reading, places, reading.interaction, without=_NOT_TEXT)
    _before, text = cut(around, names, reading.notes)
    right = _pairs(reading, [place.get("identifier", "") for place in places], named)
    gaps = [{"id": name, "item": item} for name, item in zip(names, right, strict=True)]
    return {"type": "drag_text", "text": text, "items": items, "gaps": gaps}


def read_labels(reading: Reading) -> Raw:
    """Labels onto the zones of a picture. Raises CannotTake."""
    items, named = _items(reading)
    image = _image(reading)
    spots = children(reading.interaction, "associableHotspot")
    check_parts(spots, 1)
    identifiers = [spot.get("identifier", "") for spot in spots]
    right = _pairs(reading, identifiers, named)
    names = gapped.names_of(identifiers, "zone-", letter="z")
    zones = [
        {"id": name, "item": item}
        | rectangle(image, spot.get("shape", ""), spot.get("coords", "").replace(",", " ").split(), reading.notes)
        | {"label": {ANY: spot.get("hotspotLabel", "").strip()}}
        for name, item, spot in zip(names, right, spots, strict=True)
    ]
    return {"type": "drag_image", "image": image, "items": items, "zones": zones}


def _items(reading: Reading) -> tuple[list[Raw], dict[str, str]]:
    """The labels, and ours by their identifiers; two that read the same are one."""
    if children(reading.interaction, "gapImg"):
        raise CannotTake(N_("its labels are pictures"))
    elements = children(reading.interaction, "gapText")
    check_parts(elements, 2)
    items: list[Raw] = []
    named: dict[str, str] = {}
    for theirs, ours in choice_ids(elements).items():
        text = reading.content(next(found for found in elements if found.get("identifier") == theirs))
        known = next((item["id"] for item in items if item["text"] == text), None)
        named[theirs] = known or ours
        items += [] if known else [{"id": ours, "text": text}]
    return items, named


def _pairs(reading: Reading, places: Sequence[str], items: dict[str, str]) -> list[str]:
    """For each place its right item. Raises CannotTake."""
    chosen: dict[str, str] = {}
    for pair in reading.correct() or [name for name, worth in reading.mapping().items() if worth > 0]:
        ends = pair.split()
        item, place = ends if len(ends) == 2 else ("", "")
        if item not in items:
            item, place = place, item
        if item not in items or place not in places or place in chosen:
            raise CannotTake(N_("its correct pairs do not give each place one answer"))
        chosen[place] = items[item]
    if set(chosen) != set(places):
        raise CannotTake(N_("its correct pairs do not give each place one answer"))
    if not reading.is_mapped():
        reading.note(N_("It was all or nothing; each right pair now earns its share."))
    return [chosen[place] for place in places]


def _image(reading: Reading) -> Raw:
    pictures = [found for name in ("object", "img") for found in children(reading.interaction, name)]
    if not pictures:
        raise CannotTake(N_("its picture cannot be read"))
    holder = pictures[0]
    address = reading.picture(holder.get("data") or holder.get("src") or "")
    media = reading.box.kept[address.removeprefix("media:").partition(".")[0]]
    alt: Texts = {ANY: holder.get("alt", "")} if holder.get("alt") else reading.texts_of(holder)
    return image_of(address, media, (holder.get("width", ""), holder.get("height", "")), alt)


def write_text(writing: Writing, raw: Raw) -> None:
    """The words, and the text with a gap for each place. Raises CannotGo."""
    holder = writing.add(writing.body, "gapMatchInteraction", shuffle="true")
    items = _written_items(writing, holder, raw, raw["gaps"])
    places = {gap["id"]: f"{PREFIX}{gap['id']}" for gap in raw["gaps"]}
    gapped.write(
        writing,
        holder,
        raw["text"],
        {gap: [writing.loose("gap", identifier=name)] for gap, name in places.items()},
    )
    _answer(writing, holder, [f"{items[gap['item']]} {places[gap['id']]}" for gap in raw["gaps"]])


def write_labels(writing: Writing, raw: Raw) -> None:
    """The picture, the labels, and a hotspot for each zone. Raises CannotGo."""
    image = raw["image"]
    media = writing.media.get(str(image.get("digest")))
    if media is None or SUFFIXES.get(str(image.get("media_type"))) != media.suffix:
        raise CannotGo(N_("one of its pictures is missing here"))
    holder = writing.add(writing.body, "graphicGapMatchInteraction")
    picture = writing.add(
        holder,
        "object",
        data=f"../media/{image['digest']}.{media.suffix}",
        type=str(image["media_type"]),
        width=str(image["width"]),
        height=str(image["height"]),
    )
    for tag in LANGUAGES:
        span = writing.add(picture, "span", image["alt"][tag])
        span.set(f"{{{XML_NS}}}lang", LANGUAGE_TAGS[tag])
    items = _written_items(writing, holder, raw, raw["zones"])
    for zone in raw["zones"]:
        x, y = int(zone["x"]), int(zone["y"])
        corners = (x, y, x + int(zone["width"]), y + int(zone["height"]))
        writing.add(
            holder,
            "associableHotspot",
            identifier=f"zone-{zone['id']}",
            shape="rect",
            coords=",".join(map(str, corners)),
            hotspotLabel=_label(zone["label"]),
            matchMax="1",
        )
    _answer(writing, holder, [f"{items[zone['item']]} zone-{zone['id']}" for zone in raw["zones"]])


def _label(texts: Texts) -> str:
    """A label that cannot change its language."""
    return " / ".join(dict.fromkeys(" ".join(texts[tag].split()) for tag in LANGUAGES))


def _written_items(writing: Writing, holder: etree._Element, raw: Raw, places: Sequence[Raw]) -> dict[str, str]:
    """The labels; each may be used again where one belongs in several places. Returns their identifiers."""
    again = len({place["item"] for place in places}) < len(places)
    identifiers = {item["id"]: f"item-{number}" for number, item in enumerate(raw["items"], start=1)}
    for item in raw["items"]:
        element = writing.add(
            holder, "gapText", identifier=identifiers[item["id"]], matchMax="0" if again else "1"
        )
        fill_line(element, item["text"])
    return identifiers


def _answer(writing: Writing, holder: etree._Element, pairs: Sequence[str]) -> None:
    answer = writing.answer()
    holder.set("responseIdentifier", answer.identifier)
    answer.declare("multiple", "directedPair", pairs)
    answer.map(dict.fromkeys(pairs, answer.share(Decimal(100) / len(pairs))))
