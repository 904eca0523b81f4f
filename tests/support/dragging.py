"""What is dragged on a paper, by a mouse or by a finger, and reaches the server."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.sitting import Sitting, saved


def drag(page: Page, source: Any, target: Any, *, finger: bool) -> None:
    """From the middle of one to the middle of the other, as a mouse or a finger goes."""
    source.scroll_into_view_if_needed()
    ends = [place.bounding_box() for place in (source, target)]
    (x, y), (to_x, to_y) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in ends if box]
    steps = [(x + (to_x - x) * part / 8, y + (to_y - y) * part / 8) for part in range(9)]
    if not finger:
        page.mouse.move(x, y)
        page.mouse.down()
        for at in steps:
            page.mouse.move(*at)
        page.mouse.up()
        return
    session = page.context.new_cdp_session(page)
    for number, (at_x, at_y) in enumerate(steps):
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at_x, "y": at_y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def into_text(sitting: Sitting, page: Page, number: int, *, finger: bool) -> None:
    """Two items into the first two gaps."""
    question = page.locator(f"#question-{number}")
    items, gaps = question.locator(".drag-item"), question.locator("select")
    expect(items).to_have_count(3)
    drag(page, items.nth(1), gaps.nth(0), finger=finger)
    drag(page, items.nth(2), gaps.nth(1), finger=finger)
    chosen = [items.nth(place).get_attribute("data-value") for place in (1, 2)]
    saved(page)
    assert [gaps.nth(place).input_value() for place in (0, 1)] == chosen
    places = [(gaps.nth(place).get_attribute("data-path") or "").split("/")[-1] for place in (0, 1)]
    assert sitting.answers()[number] == {"places": dict(zip(places, chosen, strict=True))}


def onto_image(sitting: Sitting, page: Page, number: int, *, finger: bool) -> None:
    """From place to place, out again, and onto the list of a place."""
    question = page.locator(f"#question-{number}")
    items, zones, lists = (
        question.locator(".drag-item"),
        question.locator("[data-place]"),
        question.locator("select"),
    )
    drag(page, items.nth(0), zones.nth(0), finger=finger)
    expect(zones.nth(0).locator("text")).to_contain_text("题目")
    taken = items.nth(0).get_attribute("data-value")
    drag(page, zones.nth(0), zones.nth(1), finger=finger)  # from one place to another
    expect(lists.nth(0)).to_have_value("")
    expect(lists.nth(1)).to_have_value(taken or "")
    drag(page, zones.nth(1), question.locator("h2"), finger=finger)  # beside the image: out again
    expect(lists.nth(1)).to_have_value("")
    drag(page, items.nth(1), lists.nth(1), finger=finger)  # the list takes it, too
    saved(page)
    expect(question.locator("[data-told]")).to_contain_text("已放到")
    assert list(sitting.answers()[number]["places"].values()) == [items.nth(1).get_attribute("data-value")]


def into_order(sitting: Sitting, page: Page, number: int, *, finger: bool) -> None:
    """The last item is dragged to the top, the third moved down by keyboard; cleared, the order is confirmed."""
    question = page.locator(f"#question-{number}")
    rows, said = question.locator(".order li"), question.locator("[data-order-state]")
    fields = rows.locator("select")
    first, second, third, fourth = given = [row.get_attribute("data-item-name") for row in rows.all()]
    expect(said).to_contain_text("尚未作答")

    def stand(*names: str | None) -> None:
        for place, name in enumerate(names):
            expect(rows.nth(place)).to_have_attribute("data-item-name", name or "")
            expect(fields.nth(place)).to_have_value(str(place + 1))

    drag(page, rows.nth(3).locator(".order-grip"), question.locator(".order .form-hint"), finger=finger)
    stand(fourth, first, second, third)
    down = rows.nth(2).get_by_role("button", name=f"下移：{second}")
    down.focus()
    page.keyboard.press("Enter")
    stand(fourth, first, third, second)
    expect(said).to_contain_text(f"“{second}”现为第4项，共4项")
    last = rows.nth(3).get_by_role("button", name=f"下移：{second}")
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-disabled", "true")
    saved(page)
    assert sorted(sitting.answers()[number]["positions"].values()) == [1, 2, 3, 4]
    page.reload()
    expect(question.locator(".order.is-ready")).to_be_visible()
    stand(fourth, first, third, second)
    question.locator("[data-clear]").click()
    expect(said).to_contain_text("尚未作答")
    saved(page)
    assert sitting.answers()[number] == {}
    question.get_by_role("button", name="以此次序作答").click()
    stand(*given)
    expect(said).to_be_focused()
    saved(page)
    assert len(sitting.answers()[number]["positions"]) == 4
