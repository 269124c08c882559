"""Reads request → reply texts and compares replies (README.md says how they are written)."""

import dataclasses
import json
import re

METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS")
HEADER = re.compile(r"^([A-Za-z][A-Za-z0-9-]*): (.*)$")


@dataclasses.dataclass
class Exchange:
    line: int
    method: str
    target: str
    headers: dict
    body: str
    status: int = 0
    reply_headers: dict = dataclasses.field(default_factory=dict)
    reply: str = ""


def _split_headers(lines):
    headers = {}
    while lines and (match := HEADER.match(lines[0])):
        headers[match[1]] = match[2]
        lines.pop(0)
    return headers


def parse(text):
    exchanges = []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    starts = [i for i, (_, line) in enumerate(lines) if line.split(" ")[0] in METHODS and " /" in line]
    for start, end in zip(starts, starts[1:] + [len(lines)]):
        number, first = lines[start]
        method, target = first.split(" ", 1)
        block = [line for _, line in lines[start + 1:end]]
        while block and not block[-1].strip():
            block.pop()
        arrow = next((i for i, line in enumerate(block) if line.startswith("=>")), None)
        if arrow is None:
            raise ValueError(f"line {number}: no => after the request")
        request, reply = block[:arrow], block[arrow + 1:]
        headers = _split_headers(request)
        reply_headers = _split_headers(reply)
        exchanges.append(Exchange(number, method, target.strip(), headers, "\n".join(request),
                                  int(block[arrow][2:]), reply_headers, "\n".join(reply)))
    return exchanges


def difference(expected, got, path=""):
    """Where `got` is not as `expected` has it; None where it is."""
    if isinstance(expected, str) and expected.startswith("<") and expected.endswith(">"):
        wanted = expected[1:-1]
        fits = {"any": True, "number": isinstance(got, (int, float)) and not isinstance(got, bool),
                "string": isinstance(got, str)}.get(wanted)
        if fits is None and wanted.startswith("contains "):
            fits = isinstance(got, str) and wanted[len("contains "):] in got
        return None if fits else f"{path}: {got!r} is not {expected}"
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return f"{path}: {got!r} is no object"
        more_allowed = "..." in expected
        for key, value in expected.items():
            if key == "...":
                continue
            if key not in got:
                return f"{path}.{key} is missing in {json.dumps(got)}"
            if found := difference(value, got[key], f"{path}.{key}"):
                return found
        extra = [key for key in got if key not in expected]
        return None if more_allowed or not extra else f"{path} has {extra} too: {json.dumps(got)}"
    if isinstance(expected, list):
        if not isinstance(got, list) or len(got) != len(expected):
            return f"{path}: {json.dumps(got)} has not {len(expected)} elements"
        for i, (one, other) in enumerate(zip(expected, got)):
            if found := difference(one, other, f"{path}[{i}]"):
                return found
        return None
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return None if abs(expected - got) <= 1e-5 * max(1.0, abs(expected)) else f"{path}: {got!r} is not {expected!r}"
    same = expected == got and isinstance(expected, bool) == isinstance(got, bool)
    return None if same else f"{path}: {got!r} is not {expected!r}"


def difference_of_texts(expected, got):
    if not expected:
        return None if not got.strip() else f"a reply without a body was expected, not {got!r}"
    try:
        wanted = json.loads(expected)
    except ValueError:
        pass
    else:
        try:
            return difference(wanted, json.loads(got))
        except ValueError:
            return f"not JSON: {got!r}"
    ours, theirs = expected.splitlines(), got.rstrip("\n").splitlines()
    if len(ours) != len(theirs):
        return f"{len(theirs)} lines, not {len(ours)}:\n{got}"
    for one, other in zip(ours, theirs):
        if one != "<any>" and one.rstrip() != other.rstrip():
            return f"{other!r} is not {one!r}"
    return None
