"""Forward-only papers: in which steps they are gone through."""

from collections.abc import Sequence

from app.quizzes.rules.settings import Navigation


def step_ends(navigation: Navigation, sections: Sequence[int]) -> list[int]:
    """The last position of each step; ``sections`` are those of the paper's questions, in order.

    A free paper is one step. Positions count from 1.
    """
    places = range(1, len(sections) + 1)
    if navigation is Navigation.FORWARD:
        return list(places)
    if navigation is Navigation.FORWARD_SECTIONS:
        return [place for place in places if place == len(sections) or sections[place] != sections[place - 1]]
    return [len(sections)]


def current_step(ends: Sequence[int], closed_through: int) -> tuple[int, int]:
    """First and last position of the step she is in; the last step is never left but by submitting."""
    last = next((end for end in ends if end > closed_through), ends[-1])
    before = [end for end in ends if end < last]
    return (before[-1] if before else 0) + 1, last
