"""Dragging in Moodle XML: words into a text (ddwtos), labels onto a picture (ddimageortext, ddmarker)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange.answers import check_parts, letter, number_of
from app.quizzes.interchange.languages import split
from app.quizzes.interchange.markup import inline_html
from app.quizzes.interchange.media import REFERENCE, SUFFIXES, decode_base64
from app.quizzes.interchange.model import ANY, CannotGo, CannotTake, Media, Raw, Texts
from app.quizzes.interchange.moodle import gapped
from app.quizzes.interchange.moodle.reading import Reading
from app.quizzes.interchange.moodle.writing import Writing
from app.quizzes.interchange.running import cut, gap_mark, without_marks
from app.quizzes.interchange.safe_xml import child, children, path_text, text_of
from app.quizzes.interchange.zones import image_of, rectangle

_PLACE: Final = re.compile(r"(?<!\\)\[\[(\d{1,3})\]\]")
#: A zone is as large as the largest label there, which is not written: a part of the picture stands for it.
_SHARE: Final = {"width": 5, "height": 8}


# --- reading -----------------------------------------------------------------------------------------------


class _Items:
    """Labels by the number under which places name them; two that read the same are one."""

    def __init__(self) -> None:
        self.items: list[Raw] = []
        self.names: dict[str, str] = {}

    def add(self, number: str, text: Texts) -> None:
        if not any(text.values()):
            raise CannotTake(N_("one of its answers is empty"))
        known = next((item["id"] for item in self.items if item["text"] == text), None)
        if known is None:
            known = letter(len(self.items))
            self.items.append({"id": known, "text": text})
        self.names[number] = known

    def at(self, number: str) -> str:
        if number not in self.names:
            raise CannotTake(N_("one of its places names an answer that is not there"))
        return self.names[number]


def read_text(reading: Reading, _raw: Raw) -> Raw:
    """Words into a text. Raises CannotTake."""
    boxes = children(reading.element, "dragbox")
    check_parts(boxes, 2)
    items = _Items()
    for number, box in enumerate(boxes, start=1):
        items.add(str(number), _short(reading, path_text(box, "text")))
    _note_groups(reading, boxes, "group")
    holder = child(reading.element, "questiontext")
    written = without_marks(text_of(child(holder, "text") if holder is not None else None))
    named = _PLACE.findall(written)
    if not named:
        raise CannotTake(N_("there is no gap in its text"))
    check_parts(named, 1)
    places = iter(range(1, len(named) + 1))
    marked = _PLACE.sub(lambda _found: gap_mark(next(places)), written)
    reading.take_files(holder)
    texts = reading.convert(gapped.with_start(marked), holder.get("format", "") if holder is not None else "")
    gaps = [{"id": f"g{place}", "item": items.at(number)} for place, number in enumerate(named, start=1)]
    prompt, text = cut(texts, [gap["id"] for gap in gaps], reading.notes)
    return {"type": "drag_text", "prompt": prompt, "text": text, "items": items.items, "gaps": gaps}


def read_labels(reading: Reading, _raw: Raw) -> Raw:
    """Labels into zones of a picture, which have no size there. Raises CannotTake."""
    image, items = _image(reading), _labels(reading)
    zones = []
    for number, drop in enumerate(children(reading.element, "drop"), start=1):
        x, y = (number_of(path_text(drop, name) or "0") for name in ("xleft", "ytop"))
        width, height = (image[side] // share for side, share in _SHARE.items())
        zone = rectangle(image, "rect", [str(value) for value in (x, y, x + width, y + height)], reading.notes)
        label = _short(reading, path_text(drop, "text")) or {ANY: ""}
        zones.append({"id": f"z{number}", "item": items.at(path_text(drop, "choice"))} | zone | {"label": label})
    reading.note(N_("Its zones have no size there; they are given one, which you may correct in the YAML."))
    check_parts(zones, 1)
    return {"type": "drag_image", "image": image, "items": items.items, "zones": zones}


def read_markers(reading: Reading, _raw: Raw) -> Raw:
    """Markers onto a picture: each drop is a zone. Raises CannotTake."""
    image, items = _image(reading), _labels(reading)
    zones = []
    for number, drop in enumerate(children(reading.element, "drop"), start=1):
        shape, coords = _as_qti(path_text(drop, "shape").lower(), path_text(drop, "coords"))
        zone = rectangle(image, shape, coords, reading.notes)
        item = items.at(path_text(drop, "choice"))
        zones.append({"id": f"z{number}", "item": item} | zone | {"label": {ANY: ""}})
    reading.note(N_("Here the zones are shown and numbered; say in words where each of them is."))
    check_parts(zones, 1)
    return {"type": "drag_image", "image": image, "items": items.items, "zones": zones}


def _as_qti(shape: str, written: str) -> tuple[str, list[str]]:
    """Moodle's ``x,y;width,height``, ``x,y;radius`` and ``x,y;x,y;…``."""
    numbers = [text.strip() for part in written.split(";") for text in part.split(",")]
    if shape == "rectangle" and len(numbers) == 4:
        x, y, width, height = map(number_of, numbers)
        return "rect", [str(value) for value in (x, y, x + width, y + height)]
    return {"circle": "circle", "polygon": "poly"}.get(shape, ""), numbers


def _labels(reading: Reading) -> _Items:
    drags = children(reading.element, "drag")
    check_parts(drags, 2)
    items = _Items()
    for number, drag in enumerate(drags, start=1):
        text = path_text(drag, "text")
        if not text and child(drag, "file") is not None:
            raise CannotTake(N_("its labels are pictures"))
        items.add(path_text(drag, "no") or str(number), _short(reading, text))
    _note_groups(reading, drags, "draggroup")
    return items


def _image(reading: Reading) -> Raw:
    file = child(reading.element, "file")
    if file is None:
        raise CannotTake(N_("it has no picture to drag onto"))
    address = reading.box.keep(decode_base64(text_of(file)))
    digest = address.removeprefix("media:").partition(".")[0]
    return image_of(address, reading.box.kept[digest], ("", ""), {ANY: ""})


def _short(reading: Reading, written: str) -> Texts:
    return {tag: reading.converter.html(text) for tag, text in split(written).items()}


def _note_groups(reading: Reading, parts: Sequence[etree._Element], name: str) -> None:
    if len({path_text(part, name) for part in parts}) > 1:
        reading.note(N_("Its groups of answers are put into one list."))


# --- writing -----------------------------------------------------------------------------------------------


def write_text(writing: Writing, raw: Raw) -> None:
    """The text behind the question, and a box for each word. Raises CannotGo."""
    numbers = {item["id"]: number for number, item in enumerate(raw["items"], start=1)}
    writing.append(
        gapped.as_markdown(raw["text"], {gap["id"]: f"[[{numbers[gap['item']]}]]" for gap in raw["gaps"]})
    )
    writing.add(writing.element, "shuffleanswers", "1")
    for item in raw["items"]:
        box = writing.text(writing.element, "dragbox", short(item["text"]))
        writing.add(box, "group", "1")
        _infinite(writing, box, raw["gaps"])


def write_labels(writing: Writing, raw: Raw) -> None:
    """The picture, a drag for each label and a drop for each zone. Raises CannotGo."""
    numbers = {item["id"]: number for number, item in enumerate(raw["items"], start=1)}
    media = _media(writing, raw["image"])
    writing.add(writing.element, "shuffleanswers")
    writing.file(writing.element, f"{raw['image']['digest']}.{media.suffix}", media.data)
    for item in raw["items"]:
        drag = writing.add(writing.element, "drag")
        writing.add(drag, "no", str(numbers[item["id"]]))
        writing.add(drag, "text", short(item["text"]))
        writing.add(drag, "draggroup", "1")
        _infinite(writing, drag, raw["zones"])
    for number, zone in enumerate(raw["zones"], start=1):
        drop = writing.add(writing.element, "drop")
        for name, value in (
            ("text", short(zone["label"])),
            ("no", str(number)),
            ("choice", str(numbers[zone["item"]])),
            ("xleft", str(zone["x"])),
            ("ytop", str(zone["y"])),
        ):
            writing.add(drop, name, value)


def _media(writing: Writing, image: Raw) -> Media:
    found = writing.media.get(str(image.get("digest")))
    if found is None or SUFFIXES.get(str(image.get("media_type"))) != found.suffix:
        raise CannotGo(N_("one of its pictures is missing here"))
    return found


def _infinite(writing: Writing, holder: etree._Element, places: Sequence[dict[str, Any]]) -> None:
    """Where one answer belongs in several places, each may be used again and again, so that none is betrayed."""
    if len({place["item"] for place in places}) < len(places):
        writing.add(holder, "infinite")


def short(texts: Texts) -> str:
    """A label in both languages, as HTML; once where they are the same. Raises CannotGo."""
    if any(REFERENCE.search(text) for text in texts.values()):
        raise CannotGo(N_("Moodle's labels cannot hold pictures"))
    if texts["zh"] == texts["en"]:
        return inline_html(texts["zh"])
    return "".join(gapped.in_language(tag, inline_html(texts[tag])) for tag in ("zh", "en"))
