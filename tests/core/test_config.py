"""Settings: read from the environment, refused with one line, and all documented."""

import re

import pytest

from app.config import PROJECT, ConfigurationError, Settings, load_settings
from app.quizzes.grading.upload import MAX_MEBIBYTES


def test_every_setting_is_documented() -> None:
    page = (PROJECT / "docs" / "operations.md").read_text()
    documented = {
        name
        for line in page.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z0-9_]+)`", line)
    }
    assert documented >= {name.upper() for name in Settings.model_fields}
    assert documented <= {name.upper() for name in Settings.model_fields} | {"SECRET_KEY", "DATA_DIR"}


def test_the_largest_file_of_an_examination_can_be_sent_with_its_paper() -> None:
    assert load_settings().upload_limit_mib >= MAX_MEBIBYTES + 2


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", "one,,two")
    assert load_settings().secret_key_fallbacks == ["one", "two"]


def test_a_plain_postgresql_address_gets_our_driver() -> None:
    settings = load_settings(database_url="postgresql://office@db/academy")
    assert settings.sqlalchemy_url == "postgresql+psycopg://office@db/academy"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"app_env": "staging"}, "APP_ENV: "),
        ({"smtp_port": "mail"}, "SMTP_PORT: "),
        ({"app_env": "production"}, "needs SECRET_KEY and PUBLIC_URL"),
        ({"app_env": "production", "secret_key": "x" * 31, "public_url": "https://a.example"}, "32 characters"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(**values)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_complete_production_starts() -> None:
    assert load_settings(app_env="production", secret_key="x" * 32, public_url="https://a.example").production
