"""Assets: a version in every address, compressed copies, nothing half published."""

from pathlib import Path

from flask import Flask

from app.core import assets
from app.factory import create_app
from tests.support.pages import Visitors


def test_every_asset_address_carries_the_version(visit: Visitors) -> None:
    page = visit().page("/sign-in")
    addresses = [
        str(node.get("href") or node.get("src")) for node in page.cssselect("link[rel=stylesheet], script[src]")
    ]
    assert addresses
    assert all(address.startswith(f"/static/{assets.version()}/") for address in addresses)
    for version in (assets.version(), "0123456789ab"):  # a page of the server before asks for its own
        visit().get(f"/static/{version}/js/exam.js").close()
        visit().get(f"/static/{version}/js/exam-queue.js").close()  # what exam.js imports from beside itself


def test_published_assets_are_served_compressed(app: Flask, tmp_path: Path) -> None:
    folder = assets.publish(tmp_path)
    assert assets.publish(tmp_path) == folder
    assert [path.name for path in (tmp_path / "static").iterdir()] == [folder.name]
    served = create_app(app_env="test", data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/x.sqlite3")
    response = served.test_client().get("/static/css/app.css", headers={"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "br"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert len(response.data) < len((assets.SOURCE / "css" / "app.css").read_bytes()) / 3
    response.close()


def test_the_style_guide_is_not_part_of_production(app: Flask, visit: Visitors, tmp_path: Path) -> None:
    visit().get("/styleguide")
    production = create_app(
        app_env="production",
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/x.sqlite3",
        secret_key="x" * 40,
        public_url="https://academy.example",
    )
    assert production.test_client().get("/styleguide").status_code == 404


def test_an_unknown_address_is_answered_in_the_readers_language(visit: Visitors) -> None:
    assert visit(locale="en").page("/nowhere", 404).get("lang") == "en"
    assert visit().page("/nowhere", 404).get("lang") == "zh-CN"
