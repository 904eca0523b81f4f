"""Our own ``questions.yaml``, read without trusting it and written as authors write it."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from app.core.messages import N_, Message
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.media import REFERENCE, SUFFIXES, TYPES, MediaBox, images_of
from app.quizzes.interchange.model import (
    MAX_ITEMS,
    CannotTake,
    Imported,
    Item,
    Language,
    Question,
    Raw,
    Refusal,
    is_key,
    settle,
    walk_texts,
)

_MAX_DEPTH: Final = 30
_MAX_NODES: Final = 200_000


def read(text: str, language: Language, box: MediaBox | None = None) -> Imported:
    """Every question of the file, and every one that cannot be taken, with its line. Raises CannotTake."""
    box = box or MediaBox()
    found = Imported()
    for line, loaded in _questions(text):
        key = str(loaded.get("id", "")) if isinstance(loaded, dict) else ""
        if found.is_full:
            found.refused.append(
                Refusal(str(line), "", N_("only %(number)s questions at a time", number=MAX_ITEMS))
            )
            break
        try:
            found.items.append(_item(loaded, str(line), language, box))
        except CannotTake as error:
            found.refused.append(Refusal(str(line), key, error.why))
    found.media = box.used([item.raw for item in found.items])
    return found


def _questions(text: str) -> list[tuple[int, Any]]:
    """The entries of ``questions`` with their lines. Raises CannotTake."""
    try:
        _check_shape(text)
        node = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        entries = _entries(node)
        loaded = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CannotTake(
            N_("the YAML cannot be read at line %(line)s: %(message)s", line=line, message=error.problem or "")
        ) from None
    except (YAMLError, ValueError, OverflowError):
        raise CannotTake(N_("the YAML cannot be read")) from None
    rows = loaded["questions"] if isinstance(loaded, dict) else loaded
    return list(zip((entry.start_mark.line + 1 for entry in entries), rows, strict=True))


def _check_shape(text: str) -> None:
    depth = 0
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(io.StringIO(text))):
        if isinstance(event, AliasEvent):
            raise CannotTake(N_("the YAML uses aliases (*name); write the text out"))
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > _MAX_DEPTH or count > _MAX_NODES:
            raise CannotTake(N_("the YAML is nested too deeply or too large"))


def _entries(node: Node | None) -> list[Node]:
    if isinstance(node, MappingNode):
        node = next((value for name, value in node.value if name.value == "questions"), None)
    if not isinstance(node, SequenceNode):
        raise CannotTake(N_("the YAML has no list “questions”"))
    return list(node.value)


def _item(loaded: Any, where: str, language: Language, box: MediaBox) -> Item:
    if not isinstance(loaded, dict):
        raise CannotTake(N_("it is not a mapping"))
    raw: Raw = _plain(loaded)
    key = str(raw.pop("id", ""))
    if key and not is_key(key):
        raise CannotTake(N_("its id “%(name)s” is not in small letters, digits and hyphens", name=key))
    notes: list[Message] = []
    converter = Converter(box.keep_file, notes)
    for _path, texts in walk_texts(raw):
        for tag in texts:
            texts[tag] = converter.markdown(str(texts[tag] or ""))
    for image in images_of(raw):
        _take_image(image, box)
    settle(raw, language)
    return Item(key, raw, where, tuple(notes))


def _take_image(image: Raw, box: MediaBox) -> None:
    """The picture that takes labels comes with the file, as ``figure``: never by the digest of what lies here."""
    found = REFERENCE.fullmatch(box.keep_file(str(image.pop("figure", ""))))
    if found:
        image |= {"digest": found[1], "media_type": TYPES[found[2]]}


def _plain(value: Any) -> Any:
    """A copy of JSON's types only."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(inner) for inner in value]
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124
        raise CannotTake(N_("“%(text)s” is not a number", text=str(value)))
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def write(questions: Sequence[Question]) -> bytes:
    """The questions as ``questions.yaml``; pictures are referred to as ``media/<name>``."""
    rows = [{"id": question.key} | _with_paths(question.raw) for question in questions]
    yaml = YAML()
    yaml.width = 110
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    buffer = io.BytesIO()
    yaml.dump({"questions": rows}, buffer)
    return buffer.getvalue()


def _with_paths(raw: Raw) -> Raw:
    copied: Raw = _plain(raw)
    for _path, texts in walk_texts(copied):
        for tag, text in texts.items():
            texts[tag] = REFERENCE.sub(r"media/\1.\2", text)
    for image in images_of(copied):
        suffix = SUFFIXES[image.pop("media_type", "image/svg+xml")]
        image["figure"] = f"media/{image.pop('digest')}.{suffix}"
    return copied
