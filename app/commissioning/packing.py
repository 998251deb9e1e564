"""Frozen records as JSON and back without loss, so that a match keeps what it was given.

The types of a record's own fields say how to read it back; nothing is guessed from the text.
Every field is written, so a default that changes later does not change what was kept.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def pack(value: Any) -> Any:
    """A record, or a collection of them, as lists, dictionaries and plain values.

    A mapping becomes a list of pairs, since its keys need not be text; a set is put in order.
    """
    if is_dataclass(value):
        return {each.name: pack(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return [[pack(key), pack(item)] for key, item in value.items()]
    if isinstance(value, frozenset | set):
        return sorted((pack(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    return value


def unpack(kind: Any, plain: Any) -> Any:
    """What `pack` was given, of that type. Raises TypeError where the text holds no such thing."""
    if is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: unpack(hints.get(name), item) for name, item in plain.items()})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (wanted,) = (each for each in inner if each is not NoneType)
        return None if plain is None else unpack(wanted, plain)
    if origin is tuple:
        kinds = inner[:1] * len(plain) if inner[-1] is Ellipsis else inner
        return tuple(unpack(each, item) for each, item in zip(kinds, plain, strict=True))
    if origin is frozenset:
        return frozenset(unpack(inner[0], item) for item in plain)
    if origin in (Mapping, dict):
        return {unpack(inner[0], key): unpack(inner[1], item) for key, item in plain}
    if origin is not None:
        raise TypeError(f"{kind} cannot be read back.")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return plain


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def squeeze(plain: Any) -> dict[str, str]:
    """Plain values as little text as may be, to be stored."""
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return {"zlib": base64.b64encode(zlib.compress(text.encode(), 6)).decode()}


def expand(stored: Mapping[str, str]) -> Any:
    """What `squeeze` was given."""
    return json.loads(zlib.decompress(base64.b64decode(stored["zlib"])))
