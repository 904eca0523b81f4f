"""Browser windows that look at every page they come to: accessible, in one language, nothing on the console."""

from pathlib import Path
from urllib.parse import urldefrag

from playwright.sync_api import Browser, ConsoleMessage, Download, Frame, Locator, Page

from tests.support.chromium import PATIENCE, violations

TAGS = {"zh_Hans": "zh-CN", "en": "en"}
_CSP = """
window.cspReports = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.cspReports.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


_SEEN = """() => ({
  lang: document.documentElement.lang,
  h1: document.querySelectorAll('h1').length,
  wide: document.documentElement.scrollWidth - innerWidth,
  reports: window.cspReports,
})"""


class Window:
    """One person's browser. Each way of coming to a page looks at the page; ``close`` fails if one was missed."""

    def __init__(self, browser: Browser, base: str, locale: str, *, width: int = 1280, height: int = 800) -> None:
        self.base, self.tag = base, TAGS[locale]
        self.context = browser.new_context(locale=self.tag, viewport={"width": width, "height": height})
        self.context.add_init_script(_CSP)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.came_to: list[str] = []
        self.looked_at: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("framenavigated", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _note(self, frame: Frame) -> None:
        if frame == self.page.main_frame and urldefrag(frame.url)[0] not in self.came_to[-1:]:
            self.came_to.append(urldefrag(frame.url)[0])

    def open(self, path: str) -> Page:
        """Type an address."""
        self.page.goto(path if path.startswith("http") else self.base + path, wait_until="load")
        self.look()
        return self.page

    def follow(self, control: Locator) -> Page:
        """Click what leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            control.click()
        self.look()
        return self.page

    def send(self) -> Page:
        """Press the first primary button of the page's forms."""
        return self.follow(self.page.locator("main form button.btn-primary[type=submit]").first)

    def refused(self, control: Locator) -> Page:
        """Click what the server refuses with a page that says why (422); the browser tells the console so."""
        with self.page.expect_navigation(wait_until="load") as answer:
            control.click()
        assert answer.value.status == 422, f"{self.page.url}: {answer.value.status}"
        self.complaints = [text for text in self.complaints if "status of 422" not in text]
        self.look()
        return self.page

    def download(self, control: Locator, folder: Path) -> Path:
        """Click what sends a file, and keep it under the name it came with."""
        with self.page.expect_download() as waiting:
            control.click()
        file: Download = waiting.value
        path = folder / file.suggested_filename
        file.save_as(path)
        return path

    def look(self) -> None:
        """Fail unless the page is what every page has to be."""
        address = self.page.url
        found = violations(self.page)
        assert found == [], f"{address}: {found}"
        seen = self.page.evaluate(_SEEN)
        assert seen["lang"] == self.tag, f"{address}: {seen['lang']}"
        assert seen["h1"] == 1, f"{address}: {seen['h1']} h1"
        assert seen["wide"] <= 0, f"{address}: {seen['wide']} pixels too wide"
        assert seen["reports"] == [], f"{address}: {seen['reports']}"
        assert self.complaints == [], f"{address}: {self.complaints}"
        self.looked_at.append(urldefrag(address)[0])

    def narrow(self, width: int = 390) -> None:
        """Fail unless the page also fits a telephone."""
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 800})
        wide = self.page.evaluate(_SEEN)["wide"]
        assert wide <= 0, f"{self.page.url}: {wide} pixels too wide for {width}"
        if before:
            self.page.set_viewport_size(before)

    def close(self) -> None:
        """Fail if a page was passed by unseen, or complained after it was looked at."""
        assert self.complaints == []
        assert [url for url in self.came_to if url != "about:blank" and url not in self.looked_at] == []
        self.context.close()
