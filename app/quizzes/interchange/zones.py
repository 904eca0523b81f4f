"""Zones of a picture: rectangles in its own units, whatever shape another system gives them."""

import re
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from app.core.messages import N_, Message
from app.quizzes.interchange.answers import number_of, whole_number
from app.quizzes.interchange.media import REFERENCE, TYPES
from app.quizzes.interchange.model import CannotTake, Media, Raw, Texts

#: What is changed where a zone is no rectangle.
SQUARED: Final = N_("Zones of other shapes are replaced by the rectangles around them.")
_VIEW_BOX: Final = re.compile(rb'viewBox="\s*[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)')
_SIDES: Final = (re.compile(rb'<svg[^>]*?\swidth="([\d.]+)'), re.compile(rb'<svg[^>]*?\sheight="([\d.]+)'))
_MAX: Final = 10_000
_SHAPES: Final = frozenset({"rect", "circle", "ellipse", "poly", "default"})


def image_of(address: str, media: Media, size: tuple[str, str], alt: Texts) -> Raw:
    """The picture of a question; ``size`` as the file says it, else its own. Raises CannotTake."""
    found = REFERENCE.fullmatch(address)
    if found is None:
        raise CannotTake(N_("its picture cannot be read"))
    said = [whole_number(side, _MAX) for side in size]
    width, height = said if all(said) else _size_of(media)
    return {
        "digest": found[1],
        "media_type": TYPES[found[2]],
        "width": width,
        "height": height,
        "alt": alt,
    }


def _size_of(media: Media) -> tuple[int, int]:
    """Width and height in pixels, or in the units of an SVG. Raises CannotTake."""
    if media.suffix != "svg":
        try:
            with Image.open(BytesIO(media.data), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
                return min(picture.width, _MAX), min(picture.height, _MAX)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise CannotTake(N_("its picture is too large")) from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise CannotTake(N_("its picture cannot be read")) from None
    if found := _VIEW_BOX.search(media.data[:4000]):
        sides = [found[1], found[2]]
    else:
        sides = [side[1] for pattern in _SIDES if (side := pattern.search(media.data[:4000]))]
    if len(sides) != 2:
        raise CannotTake(N_("its picture does not say how large it is"))
    width, height = (min(max(int(number_of(side.decode())), 1), _MAX) for side in sides)
    return width, height


def rectangle(image: Raw, shape: str, coords: Sequence[str], notes: list[Message]) -> Raw:
    """The rectangle around a shape as QTI writes it: ``rect`` two corners, ``circle`` centre and radius,
    ``ellipse`` centre and two radii, ``poly`` corners, ``default`` the whole picture. Raises CannotTake."""
    if shape not in _SHAPES:
        raise CannotTake(N_("one of its zones has no place in the picture"))
    numbers = [number_of(text) for text in coords]
    if shape == "default":
        numbers = [Decimal(0), Decimal(0), Decimal(image["width"]), Decimal(image["height"])]
    elif shape in {"circle", "ellipse"} and len(numbers) in {3, 4}:
        x, y, *radii = numbers
        numbers = [x - radii[0], y - radii[-1], x + radii[0], y + radii[-1]]
    if len(numbers) < 4 or len(numbers) % 2:
        raise CannotTake(N_("one of its zones has no place in the picture"))
    if shape not in {"rect", "default"} and SQUARED not in notes:
        notes.append(SQUARED)
    left, right = _within(numbers[::2], image["width"])
    top, bottom = _within(numbers[1::2], image["height"])
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _within(numbers: Sequence[Decimal], side: int) -> tuple[int, int]:
    """The outermost of coordinates, inside the picture and at least one unit apart."""
    least = min(max(int(min(numbers)), 0), side - 1)
    return least, min(max(int(max(numbers)), least + 1), side)
