"""Kept sentences as readers of Chinese see them, without a page."""

import re
from functools import lru_cache

from babel.messages import Catalog

from app.core.catalogues import FOLDER, is_translated, merge
from app.core.messages import Message

_CHINESE = re.compile(r"[㐀-鿿]")
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
_PLACE = re.compile(r"%\(\w+\)s")


@lru_cache(maxsize=1)
def _catalogue() -> Catalog:
    return merge(FOLDER, "zh_Hans")[0]


def in_chinese(message: Message) -> str:
    """The sentence in Chinese; fails where a part of it has none."""
    known = _catalogue().get(message.text)
    assert known is not None, f"not in the catalogue: {message.text}"
    assert is_translated(known), f"untranslated: {message.text}"
    said = str(known.string)
    own = _PLACE.sub("", said)
    assert _CHINESE.search(own) or not _ENGLISH.search(own), f"still English: {said}"
    assert said != message.text, f"still English: {said}"
    values = {name: in_chinese(one) if isinstance(one, Message) else one for name, one in message.values.items()}
    return said % values if values else said
