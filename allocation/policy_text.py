"""Reads a policy's YAML into plain values, remembering where each one stands.

Only mappings, lists, text, whole numbers and true/false are built. Aliases, anchors, tags,
doubled keys, deep nesting and large files are refused before anything is constructed, so a
hostile file costs no more than its own length.

    PolicyError            carries every Mistake found, never just the first
"""

import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LARGEST_FILE = 256 * 1024  # document 0's whole policy takes 25 KB
DEEPEST = 16  # the deepest value of a policy stands at depth 8

Path = tuple[str | int, ...]
_WIDE_COLON = re.compile(r"^([ \-{]*[a-z_]+)(：)", re.MULTILINE)
_SLIPS = {
    "mapping values are not allowed here": (
        "a text with ': ' in it stands in quotes, and every line of a section is indented alike"
    ),
    "could not find expected ':'": "a field is written 'name: value'",
    "expected ',' or '}', but got '<scalar>'": "inside braces a text with a comma stands in quotes",
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to correct: 1-based line and column, where in the policy, and what is wrong."""

    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.where}: {self.message}"


class PolicyError(ValueError):
    """A policy text that cannot be used; `mistakes` lists all that is wrong, in file order."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class Document:
    """The text's values and the (line, column) of each, by path."""

    values: Any
    places: dict[Path, tuple[int, int]]
    mistakes: list[Mistake]

    def mistake(self, path: Path, message: str) -> Mistake:
        """A mistake at a path, or at the nearest part of it that stands in the file."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return Mistake(line, column, spelled(path), message)


def spelled(path: Path) -> str:
    """A path as people write it: bands[0].shares[1].pct."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".") or "policy"


def read(text: str) -> Document:
    """The document in a YAML text (PolicyError for what cannot even be read)."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        raise PolicyError(
            [Mistake(1, 1, "policy", f"the file is larger than {LARGEST_FILE} bytes")]
        )
    try:
        _refuse_hostile(text)
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise PolicyError([_unreadable(text, line, column, str(error.problem))]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, PolicyError):
            raise
        raise PolicyError([Mistake(1, 1, "policy", f"not YAML: {error}")]) from error
    document = Document({}, {}, [])
    if not isinstance(node, MappingNode):
        raise PolicyError([Mistake(1, 1, "policy", "a policy is a mapping of sections")])
    return Document(_value(node, (), document), document.places, document.mistakes)


def _unreadable(text: str, line: int, column: int, problem: str) -> Mistake:
    """What keeps a text from being YAML, and what to do where it is one of the usual slips."""
    if wide := list(_WIDE_COLON.finditer("\n".join(text.splitlines()[:line]))):
        line, column = text.count("\n", 0, wide[-1].start(2)) + 1, len(wide[-1][1]) + 1
        return Mistake(line, column, "policy", "write ': ' (a colon and a space) for '：'")
    if "'\\t'" in problem:
        return Mistake(line, column, "policy", "a tab cannot stand here: indent with spaces")
    hint = _SLIPS.get(problem, "")
    return Mistake(line, column, "policy", f"not YAML: {problem}{hint and f'; {hint}'}")


def _refuse_hostile(text: str) -> None:
    """Raises PolicyError for anchors, aliases, tags and nesting that no policy needs."""
    mistakes: list[Mistake] = []
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            depth += 1
            if depth > DEEPEST:
                raise PolicyError([Mistake(*place, "policy", f"nested deeper than {DEEPEST}")])
        elif type(event).__name__.endswith("EndEvent") and depth:
            depth -= 1 if type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent") else 0
        if isinstance(event, AliasEvent):
            mistakes.append(Mistake(*place, "policy", "aliases (*) are not allowed: write it out"))
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            mistakes.append(Mistake(*place, "policy", "anchors (&) are not allowed: write it out"))
        elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)) and event.tag:
            mistakes.append(Mistake(*place, "policy", f"tags are not allowed: {event.tag}"))
    if mistakes:
        raise PolicyError(mistakes)


def _value(node: Node, path: Path, document: Document) -> Any:
    document.places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, i), document) for i, item in enumerate(node.value)]
    if isinstance(node, ScalarNode):
        return _scalar(node)
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key, str):
            document.mistakes.append(Mistake(*place, spelled(path), "a key must be plain text"))
            continue
        if key in result:
            message = f"'{key}' stands here a second time"
            document.mistakes.append(Mistake(*place, spelled((*path, key)), message))
            continue
        document.places[(*path, key)] = place
        result[key] = _value(value_node, (*path, key), document)
    return result


def _scalar(node: ScalarNode) -> str | int | bool | None:
    """Quoted text stays text; of plain words only whole numbers, true/false and nothing change."""
    text: str = node.value
    if node.style is not None:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    return {"true": True, "false": False, "": None, "null": None, "~": None}.get(text, text)
