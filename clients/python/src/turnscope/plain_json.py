"""Values as JSON can say them."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

_MAX_DEPTH = 50
_MAX_SAFE_INTEGER = 2**53 - 1


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    # Readers of JSON hold numbers as doubles: a larger integer is exact only as text.
    return value if -_MAX_SAFE_INTEGER <= value <= _MAX_SAFE_INTEGER else str(value)


def _plain(value: Any, above: tuple[int, ...]) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return _number(value)
    if id(value) in above:
        return "[circular]"
    if len(above) >= _MAX_DEPTH:
        return "[too deep]"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    path = (*above, id(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _read(lambda: getattr(value, field.name), path) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _read(lambda: held, path) for key, held in list(value.items())}
    if isinstance(value, (Sequence, Set)):
        return [_read(lambda: held, path) for held in list(value)]
    for dump in ("model_dump", "to_dict", "dict"):
        method = getattr(value, dump, None)
        if callable(method):
            return _plain(method(), path)
    return str(value)


def _read(get: Callable[[], Any], above: tuple[int, ...]) -> Any:
    # What cannot be read is said in its place; the rest of the record is kept.
    try:
        return _plain(get(), above)
    except Exception as error:
        return f"[unreadable: {type(error).__name__}]"


def plain_json(value: Any) -> Any:
    """A copy of what a value is now, fit for JSON. It never raises."""
    return _read(lambda: value, ())
