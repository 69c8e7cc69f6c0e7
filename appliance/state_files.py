"""Small JSON files of typed values, such as `tuple[Firmware, ...]`: what cattrs knows of our types, in one place.

A dataclass is an object with a key for each field, an enum its value, a time ISO 8601 with its offset, a set a sorted
list. Nothing is coerced: a number is no text, and `true` no number. A key that is missing has the field's default
(KeyError where there is none); keys that are not known are passed over, for a later release may have written them.

What stands before each start of the switch needs the standard library alone, and reads with `files.read_json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from cattrs import Converter
from cattrs.cols import is_frozenset, is_mapping, is_sequence
from cattrs.gen import make_dict_structure_fn

from appliance.errors import BelboxError
from appliance.files import UNREADABLE, read_json, replace_file
from appliance.office.numbers import MacAddress
from appliance.office.secret import Secret

T = TypeVar("T")
_Read = Callable[[Any, Any], Any]
_READ_BY_ALL = 0o004


def read_state(path: Path, shape: type[T]) -> T | None:
    """Return what a file holds, None where there is none of this shape (which is logged)."""
    return read_json(path, lambda data: from_data(data, shape))


def write_state(path: Path, value: object, mode: int) -> None:
    """Put a value in the place of `path`, whole and flushed; its folder must exist.

    A secret is written only to a file that not everybody may read, else TypeError. Raises OSError, and then `path` is
    what it was.
    """
    converter = _OPEN if mode & _READ_BY_ALL else _CONFIDENTIAL
    replace_file(path, json.dumps(converter.unstructure(value)).encode(), mode)


def as_json(value: object) -> str:
    """Return a value as one line of JSON; TypeError if a secret is in it."""
    return json.dumps(as_data(value))


def from_json(text: str | bytes, shape: type[T]) -> T:
    """Return the value that a JSON text holds; ValueError if it holds none of this shape."""
    try:
        return from_data(json.loads(text), shape)
    except RecursionError as fault:
        raise ValueError(str(fault)) from fault


def as_data(value: object) -> Any:
    """Return a value as objects and lists of what JSON has; secrets stay what they are."""
    return _OPEN.unstructure(value)


def from_data(data: Any, shape: type[T]) -> T:
    """Return the value that objects and lists hold; ValueError if they hold none of this shape."""
    try:
        return _OPEN.structure(data, shape)
    except (*UNREADABLE, BelboxError) as fault:  # the last: a value that refuses what it was given
        raise ValueError(f"{type(fault).__name__}: {fault}") from fault


def _is(data: Any, *kinds: type) -> Any:
    if type(data) not in kinds:
        raise TypeError(f"{type(data).__name__} in the place of {' or '.join(kind.__name__ for kind in kinds)}")
    return data


def _moment(data: Any, _shape: Any) -> datetime:
    moment = datetime.fromisoformat(_is(data, str))
    if moment.tzinfo is None:
        raise ValueError(f"{data} has no time zone")
    return moment


def _object(shape: Any, converter: Converter) -> _Read:
    read: _Read = make_dict_structure_fn(shape, converter)
    return lambda data, _: read(_is(data, dict), shape)


def _mapping(shape: Any, converter: Converter) -> _Read:
    of_key, of_value = get_args(shape)
    read = converter.get_structure_hook(of_value)
    read_key = _number_as_key if of_key is int else converter.get_structure_hook(of_key)
    return lambda data, _: {read_key(key, of_key): read(one, of_value) for key, one in _is(data, dict).items()}


def _number_as_key(data: Any, _shape: Any) -> int:
    return int(data)  # JSON's keys are texts


def _list(shape: Any, converter: Converter) -> _Read:
    make, of_one = get_origin(shape), get_args(shape)[0]
    read = converter.get_structure_hook(of_one)
    # Sets were objects once, with `true` under each key.
    kinds = (list, dict) if make is frozenset else (list,)
    return lambda data, _: make(read(one, of_one) for one in _is(data, *kinds))


def _converter() -> Converter:
    made = Converter(detailed_validation=False, unstruct_collection_overrides={frozenset: sorted})
    for kind in (str, int, bool):
        # Called with the classes below it, too, such as a StrEnum.
        made.register_structure_hook(kind, lambda data, shape, kind=kind: shape(_is(data, kind)))
    made.register_structure_hook(float, lambda data, _: _is(data, float, int))
    made.register_structure_hook_factory(is_dataclass, _object)
    made.register_structure_hook_factory(is_mapping, _mapping)
    made.register_structure_hook_factory(lambda shape: is_sequence(shape) or is_frozenset(shape), _list)
    made.register_structure_hook(datetime, _moment)
    made.register_unstructure_hook(datetime, datetime.isoformat)
    made.register_structure_hook(MacAddress, lambda data, _: MacAddress.parse(_is(data, str)))
    made.register_unstructure_hook(MacAddress, str)
    made.register_structure_hook(Secret, lambda data, _: Secret(_is(data, str)))
    return made


_OPEN = _converter()
_CONFIDENTIAL = _OPEN.copy()
_CONFIDENTIAL.register_unstructure_hook(Secret, Secret.reveal)
