"""The queue: carries the identifiers of committed jobs from whoever asks to a worker that is free.

It may lose a message (a worker killed between taking and claiming, a deleted queue file): the sweep sends every
due job again. It may deliver one twice: only one claim succeeds.
"""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pysqlite3
import structlog
from huey import Huey, RedisHuey
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import SqliteStorage

from app.config import Settings
from app.jobs import services

log = structlog.get_logger()


class SafeSqliteStorage(SqliteStorage):  # type: ignore[misc] # huey has no types
    """huey's SQLite storage on the SQLite whose WAL is sound, without a sync to disk a message.

    A queue file that was deleted is made again by the next use, in every process.
    """

    integrity_error = pysqlite3.IntegrityError
    operational_error = pysqlite3.OperationalError
    _conn: pysqlite3.Connection | None
    _file: tuple[int, int] | None = None

    def _identify(self) -> tuple[int, int] | None:
        try:
            found = Path(self.filename).stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _create_connection(self) -> pysqlite3.Connection:
        connection = pysqlite3.connect(self.filename, timeout=self._timeout, check_same_thread=False)
        connection.isolation_level = None
        self._set_journal_mode(connection)
        connection.execute("PRAGMA synchronous=OFF")
        for statement in self.ddl:
            connection.execute(statement)
        self._file = self._identify()
        return connection

    @property
    def conn(self) -> pysqlite3.Connection:
        if self._conn is not None and self._identify() != self._file:
            self._conn.close()
            self._conn = None
        if self._conn is None:
            self._conn = self._create_connection()
        return self._conn


class JsonSerializer(Serializer):  # type: ignore[misc] # huey has no types
    """Messages as JSON: whoever can write into the queue must not be able to run code."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data._asdict()).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(**json.loads(bytes(data)))


def _without_worker(job_id: uuid.UUID) -> None:
    raise RuntimeError(f"job {job_id} came to a process that is no worker")


class JobQueue:
    """Opened at the first message, so that a command that asks for no work touches no queue."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._huey: Huey | None = None
        self._task: Callable[[str], object] | None = None
        #: What a worker does with an identifier; only a worker sets it.
        self.run: Callable[[uuid.UUID], object] = _without_worker

    def open(self) -> Huey:
        """The huey instance behind this queue."""
        if self._huey is None:
            options = {"results": False, "serializer": JsonSerializer()}
            if self._settings.redis_url:
                self._huey = RedisHuey("academy", url=self._settings.redis_url, **options)
            else:
                path = self._settings.data_dir / "queue.sqlite3"
                path.parent.mkdir(parents=True, exist_ok=True)
                self._huey = Huey("academy", storage_class=SafeSqliteStorage, filename=str(path), **options)
            self._task = self._huey.task(name="run_job")(lambda job_id: self.run(uuid.UUID(job_id)))
        return self._huey

    def send(self, job_id: uuid.UUID) -> None:
        """Tell a worker about a committed job; when the queue is out of order the sweep will."""
        try:
            self.open()
            if self._task is not None:
                self._task(str(job_id))
        except Exception as error:  # noqa: BLE001 - SQLite's, Redis's: the job is safe in its table
            log.warning("job queue unreachable", job=str(job_id), error=repr(error))

    def length(self) -> int:
        """Messages that wait."""
        return int(self.open().storage.queue_size())


def init_queue(settings: Settings) -> JobQueue:
    """Make the queue of this process and send committed jobs through it."""
    queue = JobQueue(settings)
    services.send_through(queue.send)
    services.lease_for(settings.job_lease_seconds)
    return queue
