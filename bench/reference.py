"""The fixed page that the benchmarks of certificates measure: border, seal, QR code, two courses."""

import json
from pathlib import Path

from app.certificates.numbers import make_number
from app.certificates.rules import Snapshot

REFERENCE = Path(__file__).parent / "data" / "certificate.json"
HOLDERS = (
    ("林见微", "LIN JIANWEI"),
    ("周同窗", "ZHOU TONGCHUANG"),
    ("吴教务", "WU JIAOWU"),
    ("𬀩晓㛃", "WEI XIAOJIE"),
)


def snapshot(number: int) -> Snapshot:
    """The reference page for one of several holders."""
    data = json.loads(REFERENCE.read_text())
    name, latin = HOLDERS[number % len(HOLDERS)]
    holder = {"name": name, "latin": latin}
    return Snapshot.from_json({**data, "number": make_number("OIPA", 2026, number), "holder": holder})
