"""The OpenAPI document, made from the declarations (OpenAPI 3.1.0, JSON Schema 2020-12)."""

from __future__ import annotations

import re
from typing import Any

from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.declared.destinations import BackupTo, Caller, ForwardTo, SendsCallsTo
from appliance.office.declared.devices import DoesAtPhone
from appliance.office.declared.keys import Column, ListOf, MapOf
from appliance.office.declared.kinds import Choice, Count, Day, Flag, Moment, Reference, SecretText, ShortNumber
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.subject import Subject
from appliance.office.declared.tables import OneOf, Table
from appliance.office.declared.times import PeriodOrPlan
from appliance.operations.api_keys import Scope
from appliance.words.texts import text
from wizard.api.acts import ACTS, Act, Schema
from wizard.forms.words import Words

_PARAMETER = re.compile(r"<(int:)?(\w+)>")
_EVENTS = "`switch`, `calls`, `revision`, and for each line and phone `line` and `phone`, when it changes."
PREFIX = "/api/v1"
_DESTINATION = "`201`, `voicemail 201`, `plan ID`, `attendant ID`, `box ID`, `prompt ID`, a number outside, `hang up`"
_NAME: Schema = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
_IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the object as it was read; another one now is answered with 412.",
    "schema": {"type": "string"},
}
_CALLS_TO: Schema = {
    "name": "calls_to",
    "in": "query",
    "required": False,
    "description": f"Where calls that went there go: {_DESTINATION}. Without it, an object that is used stays.",
    "schema": {"type": "string"},
}


def document(language: str) -> Schema:
    """Return the whole document; titles are in one of the three languages."""
    words = Words(language)
    paths: Schema = {}
    for subject in SUBJECTS:
        paths |= _paths(subject, words)
    for act in ACTS:
        path = PREFIX + _PARAMETER.sub(r"{\2}", act.path)
        paths.setdefault(path, {})[act.method.lower()] = _act(act)
        if named := _PARAMETER.findall(act.path):
            paths[path]["parameters"] = [_path_parameter(name, is_number=bool(kind)) for kind, name in named]
    paths[f"{PREFIX}/events"] = {
        "get": _operation(
            "events",
            Scope.READ,
            {"200": _answer("Server-Sent Events: " + _EVENTS, {"text/event-stream": {"schema": {"type": "string"}}})},
        )
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Belbox", "version": "1", "description": text("api-about", language)},
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {subject.kind: _object_schema(subject, words) for subject in SUBJECTS} | {"Problems": _PROBLEMS},
        },
        "security": [{"key": []}],
    }


def table_schema(table: Table[Any], kind: str, words: Words) -> Schema:
    """Return the schema of a row."""
    columns = table.columns()
    schema: Schema = {
        "type": "object",
        "properties": {column.key: _column(column, kind, words) for column in columns},
        "additionalProperties": False,
    }
    required = [column.key for column in columns if column.is_required]
    return schema | {"required": required} if required else schema


def _object_schema(subject: Subject, words: Words) -> Schema:
    schema = table_schema(subject.table, subject.kind, words)
    if subject.has_ids:
        made = {"type": "string", "description": "Made by the box where it is left out; it stays."}
        schema = {**schema, "properties": {"id": made, **schema["properties"]}}
    return schema


def _column(column: Column, kind: str, words: Words) -> Schema:
    schema = _schema(column.kind, kind, words)
    if not column.is_required:
        schema = {"anyOf": [schema, {"type": "null"}]}  # as if it were left out
    if not column.is_made:
        schema = {**schema, "title": words.label(kind, column.key)}
    return schema


def _schema(kind: object, subject: str, words: Words) -> Schema:
    match kind:
        case Flag():
            return {"type": "boolean"}
        case Count(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Moment():
            return {"type": "string", "description": "The office's own clock, as 2026-12-24T17:00."}
        case Day():
            return {"type": "string", "format": "date"}
        case Choice():
            return {"type": "string", "enum": list(kind.words)}
        case Reference(named):
            return {"type": "string", "description": f"Number or id of {named}."}
        case SecretText():
            return {"type": "string", "writeOnly": True, "description": "Left out: the one there is stays."}
        case ShortNumber():
            return {"type": "string", "pattern": "^[0-9]{2,4}$"}
        case SendsCallsTo() | BackupTo():
            return {"type": "string", "description": _DESTINATION}
        case DoesAtPhone():
            return {
                "type": "string",
                "description": "`line 1`, `colleague 201`, `group 300`, `mode 2001`, `parking 701`",
            }
        case ForwardTo() | Caller():
            return {"type": "string"}
        case OrNone(inner, word):
            return {"anyOf": [{"const": word}, _schema(inner, subject, words)]}
        case PeriodOrPlan():
            plan = {"type": "object", "properties": {"period": {"type": "string"}, "go_to": {"type": "string"}}}
            return {"anyOf": [{"type": "string", "examples": ["08:30-12:00"]}, plan]}
        case Several(inner):
            return {"type": "array", "items": _schema(inner, subject, words)}
        case ListOf(OneOf() as forms):
            return {
                "type": "array",
                "items": {"anyOf": [table_schema(one, subject, words) for one in forms.forms.values()]},
            }
        case ListOf(Table() as table):
            first = {"type": "string", "description": "The first key alone."}
            return {"type": "array", "items": {"anyOf": [table_schema(table, subject, words), first]}}
        case MapOf(keys, Table() as table):
            one = table_schema(table, subject, words)
            return {"type": "object", "properties": dict.fromkeys(keys, one), "additionalProperties": False}
        case Table():
            return table_schema(kind, subject, words)
        case _:
            return {"type": "string"}


_PROBLEMS: Schema = {
    "type": "object",
    "properties": {
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {key: {"type": "string"} for key in ("where", "rule", "message", "severity")},
                "required": ["where", "rule", "message", "severity"],
            },
        }
    },
    "required": ["problems"],
}


def _paths(subject: Subject, words: Words) -> Schema:
    title = words.say(f"subject-{subject.kind}")
    body = {"required": True, "content": {"application/json": {"schema": _ref(subject.kind)}}}
    read = _answer(title, {"application/json": {"schema": _ref(subject.kind)}})
    unapplied = {"503": _problems("Saved, and not in force.")}
    gone = {"200": _answer("Removed."), "422": _problems("It is used, or cannot go."), **unapplied}
    put = {
        "200": read,
        **unapplied,
        "412": _problems("Somebody else changed it."),
        "422": _problems("What is wrong, each at its place."),
    }
    if subject.is_one:
        missing = {"404": _problems("The office has none.")}
        return {
            f"{PREFIX}/{subject.kind}": {
                "get": _operation(f"read_{subject.kind}", Scope.READ, {"200": read, **missing}),
                "put": _operation(f"put_{subject.kind}", Scope.CHANGE, put, body, [_IF_MATCH]),
                "delete": _operation(f"remove_{subject.kind}", Scope.CHANGE, gone | missing),
            }
        }
    missing = {"404": _problems("There is none with this name.")}
    return {
        f"{PREFIX}/{subject.kind}": {
            "get": _operation(
                f"list_{subject.kind}", Scope.READ, {"200": _answer(f"{title}: all, each with name and row.")}
            ),
            "post": _operation(
                f"add_{subject.kind}",
                Scope.CHANGE,
                {"201": read, "422": _problems("What is wrong."), **unapplied},
                body,
            ),
        },
        f"{PREFIX}/{subject.kind}/{{name}}": {
            "parameters": [_NAME],
            "get": _operation(f"read_{subject.kind}", Scope.READ, {"200": read, **missing}),
            "put": _operation(f"put_{subject.kind}", Scope.CHANGE, put | missing, body, [_IF_MATCH]),
            "delete": _operation(f"remove_{subject.kind}", Scope.CHANGE, gone | missing, None, [_CALLS_TO]),
        },
    }


def _operation(
    name: str, scope: Scope, answers: Schema, body: Schema | None = None, parameters: list[Schema] | None = None
) -> Schema:
    shared = {"400": _problems("No JSON."), "401": _problems("No key."), "403": _problems("The key may not.")}
    operation: Schema = {
        "operationId": name,
        "description": f"Needs a key with the scope “{scope.value}”.",
        "responses": answers | shared,
    }
    if body is not None:
        operation["requestBody"] = body
    if parameters:
        operation["parameters"] = parameters
    return operation


def _act(act: Act) -> Schema:
    answers = {str(act.code): _answer(act.about, {act.content: {"schema": act.answer}})}
    if act.path.count("<"):
        answers["404"] = _problems("There is none with this name.")
    if act.scope is Scope.CHANGE:
        answers |= {"422": _problems("What is wrong."), "503": _problems("Not in force.")}
    if act.code == 202:
        answers["429"] = _problems("Too much is under way.")
    body = None
    if act.takes:
        schema = {"type": "object", "properties": dict(act.takes), "required": list(act.needs)}
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return _operation(act.name, act.scope, answers, body) | {"summary": act.about}


def _path_parameter(name: str, *, is_number: bool) -> Schema:
    schema = {"type": "integer", "minimum": 0} if is_number else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(description: str, content: Schema | None = None) -> Schema:
    return {"description": description, "content": content or {"application/json": {"schema": {"type": "object"}}}}


def _problems(description: str) -> Schema:
    return _answer(description, {"application/json": {"schema": _ref("Problems")}})
