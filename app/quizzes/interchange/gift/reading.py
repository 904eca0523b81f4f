"""Read GIFT, with Moodle's escapes, format prefixes, weights, feedback, identifiers and tags."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.core.messages import N_, Message
from app.core.text import shorten
from app.quizzes.interchange import carried, languages
from app.quizzes.interchange.about import read_tags
from app.quizzes.interchange.answers import (
    FALSE_WORDS,
    FULL,
    ORDERING,
    POSITIONS_SCORED,
    TRUE_WORDS,
    Answer,
    accept_part,
    check_parts,
    choices_part,
    gather_feedback,
    number_of,
    numeric_part,
    plain_number,
)
from app.quizzes.interchange.essays import essay_part
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.model import (
    ANY,
    MAX_ITEMS,
    CannotTake,
    Imported,
    Item,
    Language,
    Raw,
    Refusal,
    Texts,
    as_key,
    settle,
    title_of,
)

_FORMAT: Final = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
#: One that is never closed goes to the end of the line, so that nothing behind it is searched again.
_COMMENT_MARK: Final = re.compile(r"\[(id|tag|academy):((?:\\.|[^\]\\])*)(?:(\])|\\?$)")
_WEIGHT: Final = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{1,7})?)%")
#: What answers begin with, and what takes its place where somebody types Chinese.
_WIDE: Final = re.compile("[＝～｛｝]")
#: An ordering as Moodle writes it: its settings, then an item on each line.
_ORDERED: Final = re.compile(r">([^\n]*)\n(.+)", re.DOTALL)
_WIDE_MARKS: Final = N_("its marks are full-width characters (｛ ＝ ～ ｝), GIFT has { = ~ }")
_GAP: Final = "\\_\\_\\_\\_\\_"


@dataclass(slots=True)
class _Block:
    """The lines of one question, and what stands in the comments above it."""

    line: int
    text: str
    comments: list[tuple[str, str]] = field(default_factory=list)


def read(text: str, language: Language) -> Imported:
    """Every question of the file, and every part that cannot be taken, with its line."""
    found = Imported()
    for block in _blocks(text):
        where = str(block.line)
        if found.is_full:
            found.refused.append(Refusal(where, "", N_("only %(number)s questions at a time", number=MAX_ITEMS)))
            break
        try:
            found.items.append(_Reader(block, language).item())
        except CannotTake as error:
            found.refused.append(Refusal(where, shorten(block.text), error.why))
    return found


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    comments: list[tuple[str, str]] = []
    start = 1
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            marks = _COMMENT_MARK.findall(stripped)
            comments += [(kind, re.sub(r"\\(.)", r"\1", value)) for kind, value, closed in marks if closed]
        elif stripped and not (not lines and stripped.startswith("$CATEGORY:")):
            start = number if not lines else start
            lines.append(line)
        elif lines:
            yield _Block(start, "\n".join(lines), comments)
            lines, comments = [], []


def _find(text: str, marks: str, start: int = 0) -> int:
    """Where one of the marks stands unescaped, or -1."""
    position = start
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text.startswith(marks, position) if len(marks) > 1 else text[position] == marks:
            return position
        position += 1
    return -1


def _split_answers(text: str) -> list[tuple[str, str]]:
    """The answers with the mark (= or ~) before each. Raises CannotTake for too many."""
    found: list[tuple[str, str]] = []
    mark, start, position = "", 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text[position] in "=~":
            if mark or text[start:position].strip():
                found.append((mark, text[start:position]))
                check_parts(found, 0)
            mark, start = text[position], position + 1
        position += 1
    if mark or text[start:].strip():
        found.append((mark, text[start:]))
    return found


def _plain(text: str) -> str:
    """Escapes taken away."""
    escaped = r"\\([\\~=#{}:n]|(?<=-\\)>)"
    return re.sub(escaped, lambda found: "\n" if found.group(1) == "n" else found.group(1), text)


def _cut(text: str, mark: str) -> tuple[str, str]:
    """A text before and after an unescaped mark."""
    position = _find(text, mark)
    return (text, "") if position < 0 else (text[:position], text[position + len(mark) :])


class _Reader:
    """Reads one question."""

    def __init__(self, block: _Block, language: Language) -> None:
        self.block = block
        self.language = language
        self.notes: list[Message] = []
        self.format = "moodle"
        self.hint = ""
        self.converter = Converter(_no_picture, self.notes)

    def item(self) -> Item:
        name, rest = self._name(self.block.text.strip())
        start = _find(rest, "{")
        end = _find(rest, "}", start + 1) if start >= 0 else -1
        if start < 0:
            if "｛" in rest:
                raise CannotTake(_WIDE_MARKS)
            raise CannotTake(N_("it has no answers in braces: a description is not a question"))
        if end < 0:
            raise CannotTake(N_("its brace { is never closed"))
        before, inside, after = rest[:start], rest[start + 1 : end], rest[end + 1 :]
        if _find(after, "{") >= 0:
            raise CannotTake(N_("it has several answer blocks in one text; between questions leave an empty line"))
        if found := _FORMAT.match(before):
            self.format, before = found.group(1).lower(), before[found.end() :]
        prompt = self._prompt(before, after)
        inside, general = _cut(inside, "####")
        raw: Raw = {"prompt": prompt} | ({"feedback": self._text(general)} if general.strip() else {})
        about, others = read_tags(value for kind, value in self.block.comments if kind == "tag")
        self.hint = others.get("scoring", "")
        raw = self._answered(raw, inside.strip())
        key = next((value for kind, value in self.block.comments if kind == "id"), name)
        return self._finish(raw | about, others, key)

    def _finish(self, raw: Raw, others: dict[str, str], key: str) -> Item:
        if "marks" in others:
            raw["marks"] = plain_number(number_of(others["marks"]))
        if raw["type"] == "numeric" and {"unit-zh", "unit-en"} <= set(others):
            raw["unit"] = {"zh": others["unit-zh"], "en": others["unit-en"]}
        if languages.other_languages(self.block.text):
            self.notes.append(N_("Text in other languages than Chinese and English is not kept."))
        settle(raw, self.language)
        for text in (value for kind, value in self.block.comments if kind == "academy"):
            carried.restore(raw, text, _no_picture, self.notes)
        if not title_of(raw):
            raise CannotTake(N_("it has no question text"))
        return Item(as_key(key), raw, str(self.block.line), tuple(self.notes))

    def _name(self, text: str) -> tuple[str, str]:
        if not text.startswith("::"):
            return "", text
        end = _find(text, "::", 2)
        return (_plain(text[2:end]).strip(), text[end + 2 :]) if end > 0 else ("", text)

    def _text(self, written: str) -> Texts:
        """A text in the question's format or its own, by language."""
        written = written.strip()
        kind = self.format
        if found := _FORMAT.match(written):
            kind, written = found.group(1).lower(), written[found.end() :]
        convert = {
            "html": self.converter.html,
            "markdown": self.converter.markdown,
            "plain": self.converter.plain,
            "moodle": self.converter.loose,
        }[kind]
        return {tag: convert(text) for tag, text in languages.split(_plain(written)).items()}

    def _prompt(self, before: str, after: str) -> Texts:
        if not after.strip():
            return self._text(before)
        first, last = self._text(before), self._text(after)
        return {tag: f"{first[tag]} {_GAP} {last.get(tag, '')}".strip() for tag in first}

    def _answered(self, raw: Raw, inside: str) -> Raw:
        if not inside:
            return raw | essay_part({ANY: ""}, self.notes)
        if inside.startswith("#"):
            return self._numeric(raw, inside[1:])
        word, rest = _cut(inside, "#")
        if word.strip().lower() in TRUE_WORDS | FALSE_WORDS:
            return self._true_false(raw, word.strip().lower() in TRUE_WORDS, rest)
        if ordered := _ORDERED.fullmatch(inside):
            return self._ordering(raw, ordered[1].split(), ordered[2].split("\n"))
        return self._listed(raw, inside)

    def _listed(self, raw: Raw, inside: str) -> Raw:
        """Answers that begin with = or ~."""
        found = _split_answers(inside)
        if any(not mark for mark, _text in found):
            if _WIDE.search(inside):
                raise CannotTake(_WIDE_MARKS)
            raise CannotTake(N_("its answers do not begin with = or ~"))
        if all(mark == "=" and _find(_cut(text, "#")[0], "->") >= 0 for mark, text in found):
            return self._matching(raw, [text for _mark, text in found])
        answers = [self._answer(mark, text) for mark, text in found]
        marks = [mark for mark, _text in found]
        if "~" not in marks:
            phrases = [self._phrase(mark, text) for mark, text in found]
            raw |= accept_part(phrases, self.notes)
            gather_feedback(raw, phrases, self.notes)
            return raw
        return raw | choices_part(answers, single="=" in marks, notes=self.notes, hint=self.hint)

    def _answer(self, mark: str, text: str) -> Answer:
        weight, text = self._weight(mark, text)
        words, feedback = _cut(text, "#")
        return Answer(self._text(words), weight, self._text(feedback) if feedback.strip() else {})

    def _phrase(self, mark: str, text: str) -> Answer:
        """An accepted phrase: plain text, whatever the question's format."""
        weight, text = self._weight(mark, text)
        words, feedback = _cut(text, "#")
        phrase = _FORMAT.sub("", _plain(words), count=1).strip()
        return Answer({"*": phrase}, weight, self._text(feedback) if feedback.strip() else {})

    def _weight(self, mark: str, text: str) -> tuple[Decimal, str]:
        found = _WEIGHT.match(text)
        if found:
            return Decimal(found.group(1)), text[found.end() :]
        return (FULL if mark == "=" else Decimal(0)), text

    def _true_false(self, raw: Raw, answer: bool, rest: str) -> Raw:
        wrong, right = _cut(rest, "#")
        said = [Answer({}, FULL, self._text(text)) for text in (right, wrong) if text.strip()]
        raw |= {"type": "true_false", "answer": answer}
        gather_feedback(raw, said, self.notes)
        return raw

    def _numeric(self, raw: Raw, inside: str) -> Raw:
        found = _split_answers(inside) if _find(inside, "=") >= 0 or _find(inside, "~") >= 0 else [("=", inside)]
        values, said = [], []
        for mark, written in found:
            weight, text = self._weight(mark, written)
            words, feedback = _cut(text, "#")
            said.append(Answer({}, weight, self._text(feedback) if feedback.strip() else {}))
            if mark != "~" and words.strip() not in {"", "*"}:
                values.append((*_range(_plain(words)), weight))
        raw |= numeric_part(values, self.notes)
        gather_feedback(raw, said, self.notes)
        return raw

    def _matching(self, raw: Raw, texts: list[str]) -> Raw:
        pairs: list[Raw] = []
        distractors: list[Raw] = []
        for text in texts:
            left, right = _cut(_cut(text, "#")[0], "->")
            if not right.strip():
                raise CannotTake(N_("one of its answers is empty"))
            if left.strip():
                pairs.append(
                    {"id": f"p{len(pairs) + 1}", "left": self._text(left), "right": self._text(right)},
                )
            else:
                distractors.append({"id": f"d{len(distractors) + 1}", "text": self._text(right)})
        check_parts(pairs, 2)
        return raw | {"type": "matching", "pairs": pairs} | ({"distractors": distractors} if distractors else {})

    def _ordering(self, raw: Raw, settings: list[str], lines: list[str]) -> Raw:
        graded = next((word for word in settings if word in ORDERING), "")
        if not graded:
            self.notes.append(POSITIONS_SCORED)
        items = [{"id": f"s{number}", "text": self._text(line)} for number, line in enumerate(lines, start=1)]
        check_parts(items, 2)
        return raw | {"type": "ordering", "scoring": ORDERING.get(graded, "position"), "items": items}


def _range(words: str) -> tuple[Decimal, Decimal]:
    """The middle and the tolerance of ``answer:tolerance`` or ``low..high``."""
    if ".." in words:
        low, high = (number_of(part) for part in words.split("..", 1))
        if low > high:
            raise CannotTake(N_("the lower end of its range is above the upper end"))
        return (low + high) / 2, (high - low) / 2
    answer, _colon, tolerance = words.partition(":")
    return number_of(answer), number_of(tolerance) if tolerance.strip() else Decimal(0)


def _no_picture(address: str) -> str:
    raise CannotTake(N_("its picture “%(name)s” is not in the file", name=address))
