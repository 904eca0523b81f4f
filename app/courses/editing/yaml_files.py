"""Changing parts of a YAML file and leaving every other byte as its author wrote it. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString
from ruamel.yaml.tokens import CommentToken

from app.core.errors import Invalid
from app.core.messages import N_
from app.courses.authoring.merging import lines_of


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda representer, _value: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def plain(node: Any) -> Any:
    """Plain dicts and lists, without comments and places."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, list | tuple) else node


def load(text: str) -> CommentedMap:
    """The file's mapping with its comments. Raises Invalid when it is none: then only its source can be edited."""
    try:
        data = _yaml().load(text)
    except YAMLError as error:
        raise Invalid(N_("The file is not valid YAML; mend its source first.")) from error
    if not isinstance(data, CommentedMap):
        raise Invalid(N_("The file is not valid YAML; mend its source first."))
    return data


def dump(data: Any) -> str:
    stream = StringIO()
    _yaml().dump(data, stream)
    return stream.getvalue()


def change(text: str, edit: Callable[[CommentedMap], None]) -> str:
    """The text after ``edit`` of its mapping; lines that it does not touch stay byte for byte.

    Raises Invalid when the text is no YAML mapping.
    """
    data = load(text)
    edit(data)
    after = dump(data)
    before = dump(load(text))
    if before == after:
        return text
    kept = graft(text, before, after)
    return kept if kept is not None and plain(load(kept)) == plain(data) else after


def graft(text: str, before: str, after: str) -> str | None:
    """Bring the change from ``before`` to ``after`` into ``text``, which is ``before`` in another layout.

    None where a change begins or ends within lines that are laid out otherwise.
    """
    ours, old, new = (lines_of(one) for one in (text, before, after))
    places = {0: 0}
    for _op, i, i_end, j, j_end in SequenceMatcher(None, old, ours, autojunk=False).get_opcodes():
        if i_end - i == j_end - j:
            places |= {i + step: j + step for step in range(1, i_end - i + 1)}
        else:
            places[i_end] = j_end
    parts: list[str] = []
    at = 0
    for op, _i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i_end not in places:
            return None
        parts += ours[at : places[i_end]] if op == "equal" else new[j:j_end]
        at = places[i_end]
    return "".join(parts)


def put(node: CommentedMap, values: Mapping[str, Any], names: Iterable[str] | None = None) -> None:
    """Make a mapping say ``values``; what already says so is not touched.

    With ``names`` only those keys are looked at; else what is not in ``values`` goes.
    """
    wanted = list(names) if names is not None else [*values, *(key for key in node if key not in values)]
    place = 0
    for key in wanted:
        if key in values and key not in node:
            node.insert(min(place or len(node), len(node)), key, styled(values[key]))
        elif key in values and not same(node[key], values[key]):
            node[key] = _renewed(node[key], values[key])
        elif key not in values and key in node:
            remove(node, key)
        if key in node:
            place = list(node).index(key) + 1


def remove(node: CommentedMap, key: str) -> None:
    """Take a key out; comment lines between it and the next key are about the next one and stay."""
    below = _comments_below(node, key)
    after = list(node)[list(node).index(key) + 1 :]
    del node[key]
    if below and after:
        node.yaml_set_comment_before_after_key(after[0], before=below, indent=node.lc.col)


def _comments_below(node: Any, key: Any) -> str:
    """The comment lines that the parser has put at the end of a value, without their signs."""
    value = node[key]
    if isinstance(value, CommentedMap | CommentedSeq) and value and not value.fa.flow_style():
        return _comments_below(value, list(value)[-1] if isinstance(value, CommentedMap) else len(value) - 1)
    tokens = node.ca.items.get(key) or []
    token = next((one for one in reversed(tokens[:3]) if isinstance(one, CommentToken)), None)
    lines = token.value.split("\n")[1:] if token else []
    return "\n".join(line.strip()[1:].removeprefix(" ") for line in lines if line.strip())


def same(one: Any, other: Any) -> bool:
    """Do two values read alike? A day and its ISO form do, a number and its text do not."""
    return bool(_comparable(plain(one)) == _comparable(other))


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _comparable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_comparable(entry) for entry in value]
    if isinstance(value, bool):
        return ("flag", value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _renewed(old: Any, value: Any) -> Any:
    if isinstance(old, CommentedMap) and isinstance(value, Mapping):
        put(old, value)
        return old
    if isinstance(old, CommentedSeq) and isinstance(value, list):
        return _renewed_list(old, value)
    return styled(value)


def _renewed_list(old: CommentedSeq, values: list[Any]) -> CommentedSeq:
    """Entries keep their own writing and their comments wherever they move to: by id, else by what they say."""
    known = {entry["id"]: entry for entry in old if isinstance(entry, CommentedMap) and "id" in entry}
    unnamed = _paired(old, values)
    entries: list[Any] = []
    for place, value in enumerate(values):
        before = known.get(value.get("id")) if isinstance(value, Mapping) and "id" in value else unnamed.get(place)
        if before is None and not isinstance(value, Mapping) and place < len(old):
            before = next((entry for entry in old if same(entry, value)), None)
        if before is not None and same(before, value):
            entries.append(before)
        elif isinstance(before, CommentedMap):
            put(before, value)
            entries.append(before)
        else:
            entries.append(styled(value, within=True))
    comments = {id(entry): old.ca.items[place] for place, entry in enumerate(old) if place in old.ca.items}
    old[:] = entries
    old.ca.items.update({place: comments[id(one)] for place, one in enumerate(entries) if id(one) in comments})
    return old


def _paired(old: CommentedSeq, values: list[Any]) -> dict[int, Any]:
    """Place in ``values`` → the entry that it was, for a mapping without an id: by its words, else by place."""
    olds = [entry for entry in old if isinstance(entry, CommentedMap) and "id" not in entry]
    places = [place for place, one in enumerate(values) if isinstance(one, Mapping) and "id" not in one]
    ours = [_saying(plain(entry)) for entry in olds]
    theirs = [_saying(values[place]) for place in places]
    pairs, left = {}, set(range(len(olds)))
    for op, i, i_end, j, j_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if op in ("equal", "replace"):
            for mine, its in zip(range(i, i_end), range(j, j_end), strict=False):
                pairs[places[its]] = olds[mine]
                left.discard(mine)
    for its, place in enumerate(places):
        moved = next((mine for mine in sorted(left) if ours[mine] == theirs[its]), None)
        if place not in pairs and moved is not None:
            pairs[place] = olds[moved]
            left.discard(moved)
    return pairs


def _saying(value: Any) -> str:
    return json.dumps(_comparable(value), sort_keys=True)


def styled(value: Any, *, within: bool = False) -> Any:
    """A new value as our files write it: short entries of lists on one line, long texts as blocks."""
    if isinstance(value, Mapping):
        node = CommentedMap(
            (key, styled(entry, within=within and _is_short(value))) for key, entry in value.items()
        )
        if within and _is_short(value):
            node.fa.set_flow_style()
        return node
    if isinstance(value, list | tuple):
        rows = CommentedSeq(styled(entry, within=True) for entry in value)
        if all(not isinstance(entry, Mapping | list) for entry in value):
            rows.fa.set_flow_style()
        return rows
    if isinstance(value, str) and "\n" in value and not within:
        return LiteralScalarString(value)
    return value


def _is_short(value: Any) -> bool:
    """May it stand on one line? Not when it holds rows or a text of several lines."""
    if isinstance(value, Mapping):
        return all(_is_short(entry) for entry in value.values())
    if isinstance(value, list | tuple):
        return all(not isinstance(entry, Mapping | list) and _is_short(entry) for entry in value)
    return not (isinstance(value, str) and "\n" in value)
