"""A real browser in front of a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: How long a browser waits for what a page should show, milliseconds: a crowded machine is no fault of the page.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


#: Only what is wrong is described: the many right elements would cost three times the check itself.
_RUN = """
async rules => {
  const {violations} = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
  return violations.map(rule => `${rule.id}: ${rule.nodes.map(node => node.html.slice(0, 120)).join(', ')}`);
}
"""


@lru_cache
def _axe() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line a rule.

    A button that was just pressed, or that the mouse happens to stand on, fades from one background to the other:
    from here on the page moves nothing, so that what is looked at is what it fades to.
    """
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN, RULES)
    return found
