"""Formulas in words: for pictures of them in documents, and for controls whose label is a formula."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Final, Literal

from lxml import etree

from app.core.formulas import SHOWN

Language = Literal["zh", "en"]

#: What is said for single characters: Chinese, English. Empty: nothing.
_SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "=": ("等于", "equals"),
    "≠": ("不等于", "is not equal to"),
    "<": ("小于", "is less than"),
    ">": ("大于", "is greater than"),
    "≤": ("小于等于", "is at most"),
    "≥": ("大于等于", "is at least"),
    "≈": ("约等于", "is about"),
    "∼": ("服从", "is distributed as"),
    "∝": ("正比于", "is proportional to"),
    "∈": ("属于", "in"),
    "+": ("加", "plus"),
    "−": ("减", "minus"),
    "±": ("加减", "plus or minus"),
    "×": ("乘", "times"),
    "⋅": ("乘", "times"),
    "÷": ("除以", "divided by"),
    "/": ("除以", "over"),
    "∣": ("给定", "given"),
    "∑": ("求和", "the sum"),
    "∏": ("求积", "the product"),
    "∫": ("积分", "the integral"),
    "→": ("趋于", "to"),
    "⋯": ("等等", "and so on"),
    "∞": ("无穷", "infinity"),
    "%": ("%", "per cent"),
    "(": ("左括号", "open bracket"),
    ")": ("右括号", "close bracket"),
    "[": ("左方括号", "open square bracket"),
    "]": ("右方括号", "close square bracket"),
    "{": ("左花括号", "open brace"),
    "}": ("右花括号", "close brace"),
    "′": ("撇", "prime"),
    "\u2061": ("", ""),
    "\u2062": ("", ""),
    "\u2063": ("", ""),
}
#: What stands above or below a letter.
_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "ˆ": ("帽", "hat"),
    "^": ("帽", "hat"),
    "¯": ("拔", "bar"),
    "̲": ("线", "line"),
    "˜": ("波浪", "tilde"),
    "~": ("波浪", "tilde"),
    "˙": ("点", "dot"),
    "⃗": ("向量", "vector"),
    "⏞": ("", ""),
    "⏟": ("", ""),
}
_POWERS: Final[Mapping[str, tuple[str, str]]] = {"2": ("的平方", "squared"), "3": ("的立方", "cubed")}
_LARGE: Final = frozenset("∑∏∫")


def in_words(html: str, language: Language) -> str:
    """Rendered HTML with each formula read out in its place."""
    return SHOWN.sub(lambda found: escape(spoken(found[0], language)), html)


@lru_cache(maxsize=1024)
def spoken(mathml: str, language: Language) -> str:
    """The formula as somebody would read it out."""
    words = " ".join(_Reader(language).say(etree.fromstring(mathml.replace("&nbsp;", " "))).split())
    for apart, together in ((" ，", "，"), ("， ", "，"), (" ,", ","), ("，，", "，"), (",,", ",")):
        words = words.replace(apart, together)
    return words.strip("，, ")


class _Reader:
    def __init__(self, language: Language) -> None:
        self.language = language

    def _pick(self, words: tuple[str, str]) -> str:
        return words[0 if self.language == "zh" else 1]

    def say(self, node: etree._Element) -> str:
        """One element and what is in it."""
        kind = str(node.tag)
        if kind in {"mi", "mn", "mo", "mtext"}:
            text = (node.text or "").strip()
            return self._pick(_SIGNS[text]) if text in _SIGNS else text
        if kind in {"mspace", "mphantom"}:
            return ""
        if kind == "mtable":
            return self._rows(node)
        known = getattr(self, f"_{kind}", None)
        if known is None:
            return " ".join(filter(None, map(self.say, node)))
        found: str = known(*map(self.say, node)) if kind not in _BY_ELEMENTS else known(node)
        return found

    def _mfrac(self, node: etree._Element) -> str:
        above, below = map(self.say, node)
        if node.get("linethickness") == "0":
            return self._pick((f"{above} 中取 {below}", f"{above} choose {below}"))
        if " " not in above and " " not in below:
            return self._pick((f"{below} 分之 {above}", f"{above} over {below}"))
        return self._pick(
            (
                f"分数，分子 {above}，分母 {below}，分数结束，",
                f"the fraction {above}, over {below}, end of fraction,",
            )
        )

    def _msqrt(self, *parts: str) -> str:
        inside = " ".join(filter(None, parts))
        if " " not in inside:
            return self._pick((f"根号 {inside}", f"the square root of {inside}"))
        return self._pick((f"根号 {inside}，根号结束，", f"the square root of {inside}, end of root,"))

    def _mroot(self, inside: str, index: str) -> str:
        return self._pick((f"{inside} 的 {index} 次方根", f"the root of index {index} of {inside}"))

    def _msub(self, base: str, index: str) -> str:
        if base == "lim":
            return self._pick((f"当 {index} 时的极限，", f"the limit as {index} of"))
        if " " in index:
            index += self._pick(("，下标结束，", ", end of index,"))
        return self._pick((f"{base} 下标 {index}", f"{base} sub {index}"))

    def _msup(self, base: str, power: str) -> str:
        if power in _POWERS:
            return f"{base}{'' if self.language == 'zh' else ' '}{self._pick(_POWERS[power])}"
        if power == self._pick(_SIGNS["′"]):
            return f"{base} {power}"
        return self._pick((f"{base} 的 {power} 次方", f"{base} to the power {power}"))

    def _msubsup(self, node: etree._Element) -> str:
        base, index, power = map(self.say, node)
        if _is_large(node[0]):
            return self._between(base, index, power)
        return self._msup(self._msub(base, index), power)

    def _munderover(self, node: etree._Element) -> str:
        return self._between(*map(self.say, node))

    def _between(self, base: str, start: str, end: str) -> str:
        return self._pick((f"从 {start} 到 {end} {base}，", f"{base} from {start} to {end} of"))

    def _mover(self, node: etree._Element) -> str:
        return self._marked(node, ("上方", "above"))

    def _munder(self, node: etree._Element) -> str:
        return self._marked(node, ("下方", "below"))

    def _marked(self, node: etree._Element, where: tuple[str, str]) -> str:
        mark = (node[1].text or "").strip()
        if mark in _MARKS:
            return f"{self.say(node[0])} {self._pick(_MARKS[mark])}".strip()
        base, beside = map(self.say, node)
        if base == "lim":
            return self._msub(base, beside)
        return self._pick((f"{base}（{where[0]} {beside}）", f"{base} ({where[1]}: {beside})"))

    def _rows(self, node: etree._Element) -> str:
        rows = []
        for number, row in enumerate(node, 1):
            cells = ", ".join(filter(None, map(self.say, row)))
            rows.append(self._pick((f"第 {number} 行 {cells.replace(', ', '，')}", f"row {number}: {cells}")))
        return self._pick(("；", "; ")).join(rows)


#: These look at their elements, not only at what is said of them.
_BY_ELEMENTS: Final = frozenset({"mfrac", "mover", "msubsup", "munder", "munderover"})


def _is_large(node: etree._Element) -> bool:
    return (node.text or "").strip() in _LARGE
