"""Matching pairs."""

from collections.abc import Mapping
from typing import Any

from app.core.digests import digest_of
from app.core.identifiers import content_id
from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one, texts
from app.quizzes.grading.malformed import Malformed


class Matching(base.QuestionType):
    """Each left side has one right side; distractors are further right sides. Marks per pair.
    Response: ``{"pairs": {left id: right id}}``, as far as chosen."""

    name = "matching"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        rights: dict[str, dict[str, Any]] = {}  # by text: equal right sides are one option
        pairs = []
        for identifier, pair in base.options(key, raw.get("pairs"), "pairs", 2):
            text = base.bilingual(pair.get("right"), "pairs: right")
            right = rights.setdefault(
                digest_of(text), {"id": str(content_id(key, str(pair["id"]), "right")), "text": text}
            )
            left = base.bilingual(pair.get("left"), "pairs: left")
            pairs.append({"id": identifier, "left": left, "right": right["id"]})
        for identifier, option in base.options(key, raw.get("distractors") or [], "distractors", 0):
            text = base.bilingual(option.get("text"), "distractors")
            if digest_of(text) in rights:
                raise Malformed(N_("distractors: one equals a right side"))
            rights[digest_of(text)] = {"id": identifier, "text": text}
        return {"pairs": pairs, "rights": list(rights.values())}

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        # Authored order would put each right side beside its left one: without a generator, sort by id.
        rights = sorted(right["id"] for right in body["rights"])
        return {
            "left": draw.order(pair["id"] for pair in body["pairs"]),
            "right": draw.order(rights),
        }

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        pairs = base.only(response, "pairs", dict)
        for left, right in pairs.items():
            if (
                left not in layout["left"]
                or not isinstance(right, str)
                or (right and right not in layout["right"])
            ):
                raise base.wrong_shape()
        chosen = {left: pairs[left] for left in sorted(pairs) if pairs[left]}
        return {"pairs": chosen} if chosen else {}

    def is_complete(self, response: base.Response, layout: base.Layout) -> bool:
        return len(response["pairs"]) == len(layout["left"])

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        parts = {pair["id"]: response["pairs"].get(pair["id"]) == pair["right"] for pair in body["pairs"]}
        return base.Graded(base.fraction_of(sum(parts.values()), len(parts)), parts)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"pairs": dict(sorted((pair["id"], pair["right"]) for pair in body["pairs"]))}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"pairs": {left: posted.get(f"{name}-{left}", "") for left in layout["left"]}}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return {
            "left": [
                {"id": side["id"], "text": side["left"]}
                for side in base.in_order(layout["left"], body["pairs"], "left")
            ],
            "right": base.in_order(layout["right"], body["rights"], "text"),
        }

    def amendable(self, body: base.Body) -> list[Amendable]:
        rights = texts(body["rights"])
        return [
            Amendable(f"pair-{pair['id']}", Topic.KEY, Shape.ONE, (pair["right"],), rights, about=pair["left"])
            for pair in body["pairs"]
        ]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        fields = self.amendable(body)
        pairs = [pair | {"right": one(values, field)} for pair, field in zip(body["pairs"], fields, strict=True)]
        return body | {"pairs": pairs}

    def authored(self, body: base.Body) -> dict[str, Any]:
        known = {right["id"]: right["text"] for right in body["rights"]}
        pairs = [pair | {"right": known[pair["right"]]} for pair in body["pairs"]]
        taken = {pair["right"] for pair in body["pairs"]}
        return body | {"pairs": pairs, "distractors": [each for each in body["rights"] if each["id"] not in taken]}
