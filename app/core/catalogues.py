"""The catalogues of texts: one .po a package and language, merged into the one .mo that gettext reads.

``python -m app.core.catalogues`` (script/messages) brings them up to date with the code: new texts appear, those
gone disappear, English ones translate themselves, and whatever has no Chinese is complained of.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po

from app.config import PROJECT

FOLDER: Final = PROJECT / "app" / "translations"
PLURALS: Final = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}
#: Templates that belong to no package of their own are the designer's.
DESIGN: Final = "design"

#: A text, or a text and its plural, as babel names a message.
MessageId = str | tuple[str, ...]


def package_of(path: Path, project: Path = PROJECT) -> str:
    """Whose catalogue holds the texts of a file below ``app/``."""
    parts = path.relative_to(project / "app").parts
    if parts[0] == "templates":
        parts = parts[1:]
        if len(parts) < 2 or not (project / "app" / parts[0]).is_dir():
            return DESIGN
    if len(parts) > 2:
        own = project / "app" / "translations" / "zh_Hans" / f"{parts[1]}.po"
        if (project / "app" / parts[0] / parts[1] / "views.py").is_file() or own.is_file():
            return parts[1]  # a package within a package, with pages or a catalogue of its own
    return parts[0] if len(parts) > 1 else "core"


def _sources(project: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((project / "app").rglob("*.py")):
        yield path, "python"
    for path in sorted((project / "app" / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml"}:
            yield path, "jinja2"


def extract(project: Path = PROJECT) -> dict[str, set[MessageId]]:
    """The texts of each package, as code and templates mark them."""
    found: dict[str, set[MessageId]] = {}
    for path, method in _sources(project):
        for _line, message, _comments, _context in extract_from_file(method, path, keywords=KEYWORDS):
            key = tuple(message) if isinstance(message, list | tuple) else message
            if key:
                found.setdefault(package_of(path, project), set()).add(key)
    return found


def read(path: Path) -> Catalog:
    """One catalogue; an empty one when there is no such file."""
    locale = path.parent.name
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as stream:
        return read_po(stream, locale=locale, abort_invalid=True)


def _messages(catalogue: Catalog) -> dict[MessageId, Message]:
    return {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id: message
        for message in catalogue
        if message.id
    }


def is_translated(message: Message) -> bool:
    """Has it a text in every form?"""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(forms) and all(forms)


def merge(folder: Path, locale: str) -> tuple[Catalog, list[str]]:
    """All catalogues of a language as one, and the texts that two translate differently (the first wins)."""
    merged = Catalog(locale=locale)
    contradictions = []
    for source in sorted((folder / locale).glob("*.po")):
        for message in _messages(read(source)).values():
            known = merged.get(message.id)
            if known is None and is_translated(message):
                merged[message.id] = message
            elif known is not None and is_translated(message) and known.string != message.string:
                contradictions.append(
                    f"{locale}/{source.name}: “{message.id}” is translated differently elsewhere"
                )
    return merged, contradictions


def compile_catalogues(folder: Path = FOLDER) -> None:
    """Write each language's .mo where its .po files have changed; any number of processes may do so at once."""
    for locale in PLURALS:
        newest = max((source.stat().st_mtime_ns for source in (folder / locale).glob("*.po")), default=0)
        target = folder / locale / "LC_MESSAGES" / "messages.mo"
        if not newest or (target.exists() and target.stat().st_mtime_ns == newest):
            continue
        target.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".messages-")
        with os.fdopen(handle, "wb") as stream:
            write_mo(stream, merge(folder, locale)[0])
        os.utime(name, ns=(newest, newest))
        Path(name).chmod(0o644)
        Path(name).replace(target)


def _written(message: Message) -> str:
    lines = ["#, python-format"] if message.python_format else []
    if isinstance(message.id, tuple | list):
        lines += [f"msgid {normalize(message.id[0])}", f"msgid_plural {normalize(message.id[1])}"]
        lines += [f"msgstr[{place}] {normalize(form)}" for place, form in enumerate(message.string or ())]
    else:
        lines += [f"msgid {normalize(message.id)}", f"msgstr {normalize(str(message.string))}"]
    return "\n".join(lines)


def write(path: Path, messages: list[Message]) -> None:
    """A catalogue in a fixed order and form, so that it changes only where a text does."""
    locale = path.parent.name
    comment = path.read_text().splitlines()[0] if path.exists() else ""
    head = [
        comment if comment.startswith("# ") else f"# The texts of {path.stem}.",
        'msgid ""',
        'msgstr ""',
        r'"Content-Type: text/plain; charset=UTF-8\n"',
        r'"Content-Transfer-Encoding: 8bit\n"',
        rf'"Language: {locale}\n"',
        rf'"Plural-Forms: {PLURALS[locale]}\n"',
    ]
    ordered = sorted(messages, key=lambda message: message.id if isinstance(message.id, str) else message.id[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(["\n".join(head), *map(_written, ordered)]) + "\n")


def update(project: Path = PROJECT) -> None:
    """Write every catalogue anew with exactly the texts that its package has."""
    folder = project / "app" / "translations"
    texts = extract(project)
    for locale in PLURALS:
        known = _messages(merge(folder, locale)[0])
        for path in (folder / locale).glob("*.po"):
            if path.stem not in texts:
                path.unlink()
        for package, ids in texts.items():
            path = folder / locale / f"{package}.po"
            own = _messages(read(path))
            write(path, [_carried(key, locale, own.get(key) or known.get(key)) for key in ids])


def _carried(key: MessageId, locale: str, known: Message | None) -> Message:
    """A text with the translation it has, or the one that English gives itself, or none yet."""
    if known is not None and is_translated(known):
        return Message(key, known.string)
    forms = key if isinstance(key, tuple) else (key,)
    count = int(PLURALS[locale].split("=")[1][0])
    if locale == "en":
        return Message(key, forms[:count] if isinstance(key, tuple) else key)
    return Message(key, ("",) * count if isinstance(key, tuple) else "")


_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _misplaced(message: Message) -> bool:
    """Does a form name a placeholder that the text has not, or the last form lack one that it has?"""
    texts = message.id if isinstance(message.id, tuple | list) else (message.id,)
    forms = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
    wanted = {name for text in texts for name in _PLACEHOLDER.findall(text)}
    named = [set(_PLACEHOLDER.findall(form)) for form in forms if form]
    return bool(named) and (any(names - wanted for names in named) or named[-1] != wanted)


def complaints(project: Path = PROJECT) -> list[str]:
    """Everything that is missing, left over, fuzzy or contradictory."""
    folder = project / "app" / "translations"
    texts = extract(project)
    found = []
    for locale in PLURALS:
        present = {path.stem for path in (folder / locale).glob("*.po")}
        for package in sorted(present | set(texts)):
            catalogue = read(folder / locale / f"{package}.po")
            where, own, wanted = f"{locale}/{package}.po", _messages(catalogue), texts.get(package, set())
            found += [f"{where}: missing “{key}”" for key in sorted(wanted - own.keys(), key=str)]
            found += [f"{where}: nobody says “{key}”" for key in sorted(own.keys() - wanted, key=str)]
            found += [f"{where}: obsolete “{message.id}”" for message in catalogue.obsolete.values()]
            found += [f"{where}: fuzzy “{key}”" for key, message in own.items() if message.fuzzy]
            found += [
                f"{where}: untranslated “{key}”" for key, message in own.items() if not is_translated(message)
            ]
            found += [
                f"{where}: other placeholders in “{key}”" for key, message in own.items() if _misplaced(message)
            ]
        found += merge(folder, locale)[1]
    return found


def main() -> int:
    """Update, then complain of what is left to translate."""
    update()
    left = complaints()
    sys.stdout.writelines(f"{line}\n" for line in left)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
