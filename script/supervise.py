"""Run the web server and the job worker under a supervisor, and leave no process behind."""

import configparser
import ctypes
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
#: Seconds a stopping process gets; a running job may end in it (SIGINT lets it).
PATIENCE = 20
PR_SET_CHILD_SUBREAPER = 36


def with_parent(command: list[str]) -> list[str]:
    """The command so that it is told to stop when the process that started it dies (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


def web_command(host: str, port: int) -> list[str]:
    """The web server; docs/adr/0004 gives the figures behind its settings."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return [
        *(str(BIN / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--http", "1", "--no-ws", "--workers", str(cores), "--blocking-threads", "2"),
        *("--backlog", "4096", "--backpressure", "2048"),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"),
        *("--log-level", "warning", "wsgi:app"),
    ]


def write_configuration(data: Path, host: str, port: int) -> Path:
    """The supervisor's file: what runs, how it is stopped, and that it comes back when it dies."""
    config = configparser.RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": str(data / f"supervisord.{port}.log"),
        "logfile_maxbytes": "5MB",
        "logfile_backups": "1",
        "pidfile": str(data / f"supervisord.{port}.pid"),
        "childlogdir": str(data),
    }
    if os.getuid() == 0:
        config["supervisord"]["user"] = "root"
    jobs = [str(BIN / "python"), "-m", "flask", "jobs", "work"]
    for name, command, stop in (("web", web_command(host, port), "TERM"), ("jobs", jobs, "INT")):
        config[f"program:{name}"] = {
            "command": shlex.join(with_parent(command)).replace("%", "%%"),
            "directory": str(ROOT),
            "autorestart": "true",
            "startretries": "1000000",
            "stopsignal": stop,
            "stopwaitsecs": str(PATIENCE),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": "/dev/fd/1",
            "stdout_logfile_maxbytes": "0",
        }
    path = data / f"supervisord.{port}.conf"
    data.mkdir(parents=True, exist_ok=True)
    with path.open("w") as stream:
        config.write(stream)
    return path


def adopt_orphans() -> None:
    """Become the parent of every process below us whose own parent dies (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """Our own children, adopted ones among them."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                found.add(int(path.parent.name))
    return found


def end(orphans: set[int], how: signal.Signals) -> None:
    """Signal adopted processes, and take leave of those that ended."""
    for process in orphans:
        with suppress(OSError):
            os.kill(process, how)
            os.waitpid(process, os.WNOHANG)


def announce_when_ready(address: str, ended: threading.Event) -> None:
    """Print the address as soon as the site answers there."""
    while not ended.wait(0.1):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own address
                print(f"\n  The academy is open at {address}\n  Stop it with Ctrl-C.\n", flush=True)
                return
        except (urllib.error.URLError, OSError):
            continue


def run(config: Path, address: str) -> int:
    """Run the supervisor to its end; a signal to us stops it, and with it everything."""
    adopt_orphans()
    command = with_parent([str(BIN / "supervisord"), "--configuration", str(config)])
    child = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    ended = threading.Event()
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        if not stopping:
            print("\nstopping …", flush=True)
        stopping = True
        child.terminate()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    threading.Thread(target=announce_when_ready, args=(address, ended), daemon=True).start()
    while child.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(1)
        end(children() - {child.pid}, signal.SIGTERM)  # workers whose server was killed
    ended.set()
    orphans = children()  # the supervisor itself was killed
    end(orphans, signal.SIGTERM)
    for _ in range(PATIENCE * 10):
        if not (orphans := children()):
            break
        end(orphans, signal.SIGTERM)
        threading.Event().wait(0.1)
    end(orphans, signal.SIGKILL)
    return 0 if stopping else child.returncode or 1
