"""The pages, as their people see them."""

import pytest
from flask import Flask

from app.certificates.models import Certificate
from app.core import clock
from app.core.database import release
from tests.support.cast import Cast
from tests.support.courses import sync_folder
from tests.support.graduates import graduate
from tests.support.pages import Visitors
from tests.support.statements import counted_statements


@pytest.fixture
def certificate(app: Flask, cast: Cast) -> Certificate:
    with app.app_context():
        sync_folder()
        return graduate(cast, cast.trainee)


def test_an_empty_list_says_so(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.certifier)
    for page, words in (
        ("batches", "没有等待颁发的证书"),
        ("expiring", "没有即将到期的结果"),
        ("law-changes", "尚未记录任何变更"),
    ):
        assert words in browser.get(f"/certificates/{page}").get_data(as_text=True)


def test_suspending_is_told_everywhere_at_once(cast: Cast, visit: Visitors, certificate: Certificate) -> None:
    visit(cast.trainee).get(f"/certificates/{certificate.id}/suspend", 403)
    keeper = visit(cast.certifier)
    keeper.submit(f"/certificates/{certificate.id}/suspend", {"reason_class": "", "reason": ""}, 422)
    answer = {"reason_class": "result_in_doubt", "reason": "成绩复核中，暂缓使用。"}
    keeper.submit(f"/certificates/{certificate.id}/suspend", answer)
    answer = {"number": certificate.number or "", "code": certificate.code or ""}
    public = visit().submit("/verify", answer, 200)
    text = public.get_data(as_text=True)
    assert "暂停" in text
    assert "成绩正在复核" in text
    assert "暂缓使用" not in text, "the internal reason is not for strangers"
    assert "暂停" in visit(cast.trainee).get(f"/certificates/{certificate.id}").get_data(as_text=True)
    keeper.submit(f"/certificates/{certificate.id}/reinstate", {"reason": "复核无误，恢复有效。"})
    keeper.get(f"/certificates/{certificate.id}/reinstate", 409)


def test_the_holder_begins_her_renewal_on_the_certificates_page(
    app: Flask, cast: Cast, visit: Visitors, certificate: Certificate
) -> None:
    browser, path = visit(cast.trainee), f"/certificates/{certificate.id}"
    assert "可以续期" in browser.get(path).get_data(as_text=True)
    browser.submit(f"{path}/renew", {}, 409, form_at="/certificates")
    assert certificate.expires_on is not None
    left = certificate.expires_on - clock.day_of(clock.now())
    with clock.frozen_at(clock.now() + left):
        release()
        browser = visit(cast.trainee)
        response = browser.submit(f"{path}/renew", {}, 302, form_at="/certificates")
        place = response.headers["Location"]
        assert "声明" in browser.get(place).get_data(as_text=True)
        browser.submit(f"{place}/declaration", {}, 422, form_at=place)
        browser.submit(f"{place}/declaration", {"accepted": "y"}, 302, form_at=place)
        visit(cast.cohort_mate).get(place, 404)
        with counted_statements() as counted:
            listed = visit(cast.certifier).get("/certificates/expiring").get_data(as_text=True)
        assert certificate.number is not None
        assert certificate.number in listed
        assert "进行中" in listed
    assert len(counted) <= 8
