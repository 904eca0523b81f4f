"""What the candidates of an examination day do, from processes of their own: sign in, save, submit."""

import asyncio
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Final
from urllib.parse import urlencode, urlsplit

from bench.harness import Load, allow_many_files, drive, post
from bench.sign_in import PASSWORD, TOKEN
from bench.stage import Sitting

PROCESSES: Final = 2
EVERY: Final = 10.0
#: Everybody submits within this many seconds after the last answer.
SUBMITTING: Final = 60.0


@dataclass
class Candidate:
    """Somebody with an account and a running attempt, who has yet to sign in."""

    email: str
    sitting: Sitting
    #: Why she could not come in; empty when she did.
    fault: str = ""


@dataclass
class Arrival:
    """How a crowd came in: when the last one had her paper open, and how long each sign-in took."""

    candidates: list[Candidate]
    seconds: float = 0.0
    sign_ins: Load = field(default_factory=Load)


class _Browser:
    """One connection that keeps cookies."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname, parts.port
        self.cookies: dict[str, str] = {}

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def get(self, path: str) -> tuple[int, str]:
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *([f"Cookie: {self.cookie}"] if self.cookies else [])]
        return await self._send(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def submit(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        return await self._send(post(path, urlencode(fields).encode(), headers))

    async def _send(self, request: bytes) -> tuple[int, str]:
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = 0
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            elif name.lower() == "content-length":
                length = int(value)
        return int(head[9:12]), (await self.reader.readexactly(length)).decode()


async def _come_in(address: str, one: Candidate, due: float, sign_ins: Load) -> None:
    """Sign in when it is due and open the paper; its cookie and token are the sitting's from then on."""
    await asyncio.sleep(max(0.0, due - time.monotonic()))  # paced: people come and go one by one
    browser = _Browser(address)
    try:
        await browser.open()
        status, page = await browser.get("/sign-in")
        token = TOKEN.search(page)
        form = {"csrf_token": token[1] if token else "", "email": one.email, "password": PASSWORD}
        status, page = await browser.submit("/sign-in", form)
        sign_ins.latencies.append(time.monotonic() - due)
        if status == 302:
            status, page = await browser.get(one.sitting.path.removesuffix("/answers"))
            token = TOKEN.search(page)
        if status != 200 or token is None:
            one.fault = f"{status} {page[:200]}"
        else:
            one.sitting.headers = {
                "Cookie": browser.cookie,
                "X-CSRFToken": token[1],
                "Content-Type": "application/json",
            }
        browser.writer.close()
    except (OSError, asyncio.IncompleteReadError) as error:
        one.fault = repr(error)
    sign_ins.errors += bool(one.fault)


def arrive(address: str, candidates: list[Candidate], seconds: float) -> Arrival:
    """They come in evenly over so many seconds, whether or not those before have been served."""
    allow_many_files()
    arrival = Arrival(candidates)

    async def all_of_them() -> None:
        begun = time.monotonic()
        pace = seconds / max(1, len(candidates))
        await asyncio.gather(
            *(
                _come_in(address, one, begun + place * pace, arrival.sign_ins)
                for place, one in enumerate(candidates)
            )
        )
        arrival.seconds = time.monotonic() - begun

    asyncio.run(all_of_them())
    return arrival


def sit(address: str, sittings: list[Sitting], seconds: float) -> tuple[Load, list[int]]:
    """Each saves another answer every ten seconds; what they saw, and how many each has sent."""

    def request(client: int, _count: int) -> bytes:
        one = sittings[client]
        return post(one.path, json.dumps(one.change()).encode(), one.headers)

    load = drive(address, request, clients=len(sittings), seconds=seconds, every=EVERY)
    return load, [one.sent for one in sittings]


def hand_in(address: str, sittings: list[Sitting], seconds: float) -> Load:
    """Each submits once, evenly over so many seconds, on a new connection: a silent one would be closed."""
    allow_many_files()
    load = Load()

    async def submit(one: Sitting, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.monotonic()))  # paced: people come and go one by one
        browser = _Browser(address)
        name, _, value = one.headers["Cookie"].partition("=")
        browser.cookies[name] = value
        try:
            await browser.open()
            path = one.path.removesuffix("answers") + "submit"
            status, _page = await browser.submit(path, {"csrf_token": one.headers["X-CSRFToken"]})
            browser.writer.close()
        except (OSError, asyncio.IncompleteReadError):
            status = 0
        load.latencies.append(time.monotonic() - due)
        load.errors += status != 302

    async def all_of_them() -> None:
        begun = time.monotonic()
        pace = seconds / max(1, len(sittings))
        await asyncio.gather(*(submit(one, begun + place * pace) for place, one in enumerate(sittings)))
        load.seconds = time.monotonic() - begun

    asyncio.run(all_of_them())
    return load


def together(loads: list[Load]) -> Load:
    """What several processes saw, as one."""
    return Load(
        seconds=max(load.seconds for load in loads),
        latencies=[latency for load in loads for latency in load.latencies],
        errors=sum(load.errors for load in loads),
    )


def processes() -> ProcessPoolExecutor:
    """Clients that do not share an interpreter with one another."""
    return ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))
