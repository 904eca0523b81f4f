"""What an author may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from app.core.messages import N_, Message


def nearest(word: str, known: Iterable[str]) -> Message | str:
    """“ (did you mean `x`?)” when something known is spelt alike, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return N_(" (did you mean `%(word)s`?)", word=close[0]) if close else ""
