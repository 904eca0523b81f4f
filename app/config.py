"""Typed settings, read once from the environment; a wrong one stops the start with a line that says what to do."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class ConfigurationError(RuntimeError):
    """The environment does not describe a runnable application; the message is for the operator."""


class Environment(StrEnum):
    """Where the application runs; production refuses every convenience of development."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every setting, with its environment variable in capitals (``DATA_DIR``, ``DATABASE_URL`` …)."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    app_env: Environment = Environment.DEVELOPMENT
    #: Signs sessions and forms. Retired keys go to SECRET_KEY_FALLBACKS until old sessions have ended.
    secret_key: SecretStr = SecretStr("")
    secret_key_fallbacks: Annotated[list[str], NoDecode] = Field(default_factory=list)
    #: The address people use, without a trailing slash; printed on certificates and in mail.
    public_url: str = ""
    data_dir: Path = PROJECT / "instance"
    content_dir: Path = PROJECT / "content"
    database_url: str = ""
    #: Connections a web process keeps open to PostgreSQL.
    database_pool_size: int = Field(default=8, ge=1)
    #: Redis for the job queue when several machines share one database; empty: a queue file in DATA_DIR.
    redis_url: str = ""
    #: Jobs run side by side by one ``flask jobs work``.
    job_workers: int = Field(default=2, ge=1)
    #: How often the worker looks for jobs that wait or whose worker died.
    job_sweep_seconds: float = Field(default=5, gt=0)
    #: A job whose worker has not renewed its lease for so long runs again elsewhere.
    job_lease_seconds: float = Field(default=60, gt=0)
    #: A time stamp authority's address (RFC 3161), which attests when documents were signed; empty: nobody does.
    timestamp_url: str = Field(default="", pattern=r"^(https?://[^\s]+)?$")
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True
    mail_from: str = "academy@localhost"
    #: Reverse proxies in front of the application whose X-Forwarded-* headers are believed.
    proxy_hops: int = Field(default=0, ge=0, le=5)
    #: Argon2id cost: memory in KiB and passes. OWASP's minimum; see bench/sign_in.
    argon2_memory_kib: int = Field(default=19_456, ge=8)
    argon2_passes: int = Field(default=2, ge=1)
    #: Of one request: a file handed in at an examination has up to 20, and comes with the paper.
    upload_limit_mib: int = Field(default=24, ge=1)
    #: A recording, which arrives in pieces; and all that the courses of one organisation may send.
    media_limit_mib: int = Field(default=500, ge=1, le=2000)
    media_quota_mib: int = Field(default=20_000, ge=1)
    #: Seals private signing keys instead of SECRET_KEY; earlier ones go to KEY_PASSPHRASE_FALLBACKS.
    key_passphrase: SecretStr = SecretStr("")
    key_passphrase_fallbacks: Annotated[list[str], NoDecode] = Field(default_factory=list)
    #: ``module:function`` that gives a custody of keys (a security module, a CA); empty: sealed in the database.
    key_custody: str = ""

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("secret_key_fallbacks", "key_passphrase_fallbacks"):
            raw = values.get(name)
            if isinstance(raw, str):
                values[name] = [key for key in raw.split(",") if key]
        return values

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        if self.app_env is Environment.PRODUCTION:
            missing = [
                name
                for name, value in (
                    ("SECRET_KEY", self.secret_key.get_secret_value()),
                    ("PUBLIC_URL", self.public_url),
                )
                if not value
            ]
            if missing:
                raise ValueError(
                    f"APP_ENV=production needs {' and '.join(missing)}; see docs/operations.md, “Settings”"
                )
            if len(self.secret_key.get_secret_value()) < 32:
                raise ValueError("SECRET_KEY is shorter than 32 characters; make one with: openssl rand -hex 32")
        return self

    @property
    def production(self) -> bool:
        return self.app_env is Environment.PRODUCTION

    @property
    def sqlalchemy_url(self) -> str:
        """The database: DATABASE_URL, or an SQLite file in DATA_DIR."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'academy.sqlite3'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)


def load_settings(**overrides: Any) -> Settings:
    """Read the environment (overrides win). Raises ConfigurationError with one readable line."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part).upper() for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"{where}: {message}" if where else message) from None
