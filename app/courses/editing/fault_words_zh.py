"""The words of the content check in Chinese, for authors who read no command line.

The check words its faults once, in English, where they are found; each pattern here is one of those sentences.
What no pattern knows stays as it is.
"""

import re
from functools import lru_cache
from typing import Final

_WORDS: Final = (
    (r"the lesson has no section", r"这一课还没有小节"),
    (r"text stands before the first section", r"第一个小节之前有文字"),
    (r"begin with `## Heading \{#id\}`", r"以“## 标题 {#id}”开头"),
    (r"the section “(.*)” has no id", r"小节“\1”没有 id"),
    (r"end the heading with \{#an-id\}, the same in both languages", r"在标题末尾写上 {#id}，中英文相同"),
    (r"the section id `(.*)` is not kebab-case", r"小节 id“\1”的写法不合规定"),
    (r"write such as \{#who-may-complain\}", r"只用小写字母、数字和连字符，例如 {#who-may-complain}"),
    (r"the section id `(.*)` is used twice", r"小节 id“\1”用了两次"),
    (r"give each section an id of its own", r"每个小节用自己的 id"),
    (r"the section “(.*)” is empty", r"小节“\1”没有内容"),
    (r"write its text, or remove the heading", r"写上正文，或者删去标题"),
    (r"the figure has no alternative text", r"图示没有替代文字"),
    (r"write what it shows: !\[text\]\(…\)", r"写明图中内容：![文字](…)"),
    (r"the figure has no caption", r"图示没有图题"),
    (r'add it: !\[…\]\(\.\./figures/x\.svg "caption"\)', r"在地址后用引号写上图题"),
    (r"`(.*)` is not a figure of the course", r"“\1”不是本课程的图示"),
    (r"write \.\./figures/<name>\.svg", r"地址写作 ../figures/文件名"),
    (r"the course has no figure `(.*)`(.*)", r"课程中没有图示“\1”\2"),
    (r"add figures/(.*), or correct the name", r"上传图示 \1，或者改正文件名"),
    (r"HTML `(.*)` stands in the text", r"正文中有 HTML：\1"),
    (r"write Markdown instead", r"请改用 Markdown"),
    (r"`(.*)` is not a kind of block", r"没有名为“\1”的提示框"),
    (r"write one of (.*)", r"可用：\1"),
    (r"the question `(.*)` stands inside another block", r"题目“\1”放在了别的提示框里"),
    (r"place it between paragraphs", r"请放在段落之间"),
    (r"the module has no check question `(.*)`(.*)", r"本模块没有随堂题“\1”\2"),
    (
        r"write the id of a question with `use: check` in questions\.yaml",
        r"请写一道用途为随堂题的题目的 id",
    ),
    (r"the question `(.*)` is placed twice", r"题目“\1”放置了两次"),
    (r"place each question once", r"每道题只放一次"),
    (r"the sections differ from the Chinese: here stands `(.*)`, there the end", r"英文多出小节“\1”"),
    (r"the sections differ from the Chinese: here stands `(.*)`, there `(.*)`", r"英文小节“\1”与中文“\2”不一致"),
    (r"the sections differ from the Chinese: `(.*)` is missing", r"英文缺少小节“\1”"),
    (r"use the same ids in the same order", r"两种语言的小节 id 和次序应当相同"),
    (r"the figures differ from the Chinese", r"英文的图示与中文不一致"),
    (r"show the same figures in both languages", r"两种语言应当使用同样的图示"),
    (r"the Chinese section `(.*)` does not cite (.*) here", r"中文小节“\1”没有引用 \2"),
    (r"cite the same in both languages", r"两种语言的引注应当相同"),
    (
        r"the section `(.*)` lacks (.*) \((\d+) times\), which the Chinese cites",
        r"英文小节“\1”缺少中文中的引注 \2（\3 处）",
    ),
    (r"the section `(.*)` lacks (.*), which the Chinese cites", r"英文小节“\1”缺少中文中的引注 \2"),
    (r"the questions of section `(.*)` differ from the Chinese", r"小节“\1”的题目与中文不一致"),
    (r"place the same questions in both languages", r"两种语言应当放置同样的题目"),
    (r"nothing under content/library is called `(.*?)`(.*)", r"法规库中没有“\1”\2"),
    (r"correct the id, or add library/.*", r"请改正 id，或者先在法规库中收录"),
    (r"`(.*)` has no pattern for pinpoints", r"“\1”没有条款的写法"),
    (r"add `pin: .*` to the instrument, or leave `(.*)` out", r"在法规库中补上写法，或者去掉“\1”"),
    (r"the check question `(.*)` stands in no lesson", r"随堂题“\1”没有放进任何一课"),
    (r"place it with `::: question (.*)`, or write `use: bank`", r"用“::: question \1”放进课文，或者改为考试用题"),
    (r"the feedback cites nothing", r"解析没有引注"),
    (r"cite the provision, such as (.*)", r"请引用条款，例如 \1"),
    (r"the feedback's citations differ from the Chinese", r"英文解析的引注与中文不一致"),
    (r"(\d+) choices of the single-choice question `(.*)` are correct", r"单选题“\2”有 \1 个正确选项"),
    (r"mark exactly one with `correct: true`", r"请只把一个选项标为正确"),
    (r"no choice is correct", r"没有正确选项"),
    (r"mark at least one with `correct: true`", r"请至少把一个选项标为正确"),
    (r"the module has no objective `(.*?)`(.*)", r"本模块没有学习目标“\1”\2"),
    (r"people mark this type; a lesson cannot", r"这种题型由人工评阅，不能放进课文"),
    (r"write `use: bank`", r"请改为考试用题"),
    (r"correct it; docs/content-format\.md describes the type", r"请按题型的要求改正"),
    (r"`(.*)` is used twice", r"“\1”用了两次"),
    (r"give (?:each|every) (?:.* )?an id of its own", r"请各用自己的 id"),
    (r"`hours` is (.*) but the modules' hours add up to (.*)", r"学时写为 \1，而各模块合计 \2"),
    (r"write `hours: (.*)`, or correct the modules", r"请写 \1，或者改正各模块的学时"),
    (r"the file (.*) is missing", r"缺少文件 \1"),
    (r"the file is missing", r"缺少这个文件"),
    (r"write it, or remove the lesson", r"请补写，或者删去这一课"),
    (r"`(.*)` is missing in (.*)", r"\2 中缺少 \1"),
    (r"`(.*)` is missing", r"缺少 \1"),
    (r"add `(.*): …`", r"请填写 \1"),
    (r"add the missing entries", r"请补上缺少的条目"),
    (r"write fewer entries", r"条目过多，请减少"),
    (r"write the text", r"请填写文字"),
    (r"write a number such as 2 or 1\.5", r"请写数字，例如 2 或 1.5"),
    (r"write a whole number", r"请写整数"),
    (r"write a day such as (.*)", r"请写日期，例如 \1"),
    (r"write two capitals such as US, or INT for treaties", r"请写两个大写字母，例如 US；条约写 INT"),
    (
        r"write lower-case letters, digits and single hyphens, such as (.*)",
        r"只用小写字母、数字和单个连字符，例如 \1",
    ),
    (r"write `instrument-id pin`, such as `(.*)`", r"写明法规 id 和条款，例如 \1"),
    (r"`(.*)` is '(.*)'", r"\1 写成了“\2”"),
    (r"write (.*)", r"请写 \1"),
    (r"`(.*)`: list should have at least (\d+) items? .*", r"\1 至少要有 \2 项"),
    (r"`(.*)`: list should have at most (\d+) items? .*", r"\1 至多 \2 项"),
    (r"`(.*)`: input should be a valid (?:integer|number|decimal).*", r"\1 不是数字"),
    (r"`(.*)`: input should be greater than or equal to (.*)", r"\1 不得小于 \2"),
    (r"`(.*)`: input should be less than or equal to (.*)", r"\1 不得大于 \2"),
    (r"`(.*)`: input should be greater than (.*)", r"\1 必须大于 \2"),
    (r"`(.*)`: input should be a valid date.*", r"\1 不是日期"),
    (r"there is no module `(.*?)`(.*)", r"没有模块“\1”\2"),
    (r"add the folder (.*), or remove the entry", r"请补上模块 \1，或者从目录中删去"),
    (r"<(.*)> stands in the figure", r"图示中有 <\1>"),
    (r"draw with shapes, paths and text only", r"只用图形、路径和文字绘制"),
)
_PATTERNS: Final = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _WORDS)
_MEANT: Final = re.compile(r" \(did you mean `(.*)`\?\)")


@lru_cache(maxsize=2048)
def translated(words: str) -> str:
    """One sentence of the check in Chinese."""
    for pattern, chinese in _PATTERNS:
        if found := pattern.fullmatch(words):
            return _MEANT.sub(r"（是否指“\1”？）", found.expand(chinese))
    return words
