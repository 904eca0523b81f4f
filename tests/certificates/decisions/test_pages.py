"""The certifiers' pages of decisions."""

from dataclasses import replace

import pytest

from app.certificates.decisions import services
from app.certificates.decisions.rules import Facts
from app.certificates.rules import CertificateState
from app.core.database import release, write_mode
from tests.support.cast import Cast
from tests.support.decisions import Certified, certificates_of, certified, open_decisions
from tests.support.pages import Browser, Visitors


@pytest.fixture
def small(cast: Cast) -> Certified:
    with write_mode():
        found = certified(cast)
        found.wrong_key()
    release()
    return found


def desk_says(browser: Browser) -> str | None:
    """The line of decisions among what waits, if there is one."""
    lines = browser.page("/").cssselect("main li:has(a[href='/certificates/decisions'])")
    return "".join(lines[0].text_content().split()) if lines else None


def test_a_decision_is_taken_once_with_its_reasons(cast: Cast, visit: Visitors, small: Certified) -> None:
    browser = visit(cast.certifier)
    assert desk_says(browser) == "待决定的证书1"
    path = f"/certificates/decisions/{open_decisions()[0].id}"
    page = browser.page(path).text_content()
    assert "不再合格" in page
    assert "66.66667%" in page
    browser.submit(path, {"outcome": "supersede", "reason": "已核对记录。"}, 422)
    browser.submit(path, {"outcome": "revoke", "reason": "已核对记录。"}, 422)
    browser.submit(path, {"outcome": "revoke", "reason": "", "reason_class": "issued_in_error"}, 422)
    other = visit(cast.second_certifier)
    token = other.token(path)
    reason = "键有误，成绩不合格。"
    browser.submit(path, {"outcome": "revoke", "reason": reason, "reason_class": "issued_in_error"})
    assert certificates_of(cast.trainee) == [f"{CertificateState.REVOKED.value} 100"]
    late = {"csrf_token": token, "outcome": "keep", "reason": "已核对记录。"}
    assert other.client.post(path, data=late).status_code == 409
    past = browser.page("/certificates/decisions?state=past").text_content()
    assert "吊销该证书" in past
    assert reason in browser.page(path).text_content()
    assert desk_says(browser) is None


def test_a_decision_whose_record_has_changed_is_put_anew(
    cast: Cast, visit: Visitors, small: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her record says something else by the time it is sent: nothing is carried out, the new figures are shown."""
    (stale,) = open_decisions()
    browser = visit(cast.certifier)
    path = f"/certificates/decisions/{stale.id}"
    sent = {"outcome": "keep", "reason": "已核对记录。", "csrf_token": browser.token(path)}
    told = services._facts

    def now(*arguments: object) -> Facts:
        return replace(told(*arguments), percent="70")  # type: ignore[arg-type]

    monkeypatch.setattr(services, "_facts", now)
    answer = browser.client.post(path, data=sent)
    (anew,) = open_decisions()
    assert answer.headers["Location"] == f"/certificates/decisions/{anew.id}"
    assert anew.id != stale.id
    page = browser.page(f"/certificates/decisions/{anew.id}").text_content()
    assert "70%" in page
    assert "此后证书或记录已有变动" in page
    browser.submit(f"/certificates/decisions/{anew.id}", {"outcome": "keep", "reason": "已核对记录。"})
    assert certificates_of(cast.trainee) == ["valid 100"]
