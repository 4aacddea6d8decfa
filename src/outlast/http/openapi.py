"""OpenAPI of routes whose bodies are msgspec structs: what each takes, gives and may refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypedDict

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from outlast.http.problems import PROBLEM_TYPE, BodyTooLarge
from outlast.kit.errors import InvalidInput, OutlastError, ProtocolViolation, Refused, Unauthenticated
from outlast.protocol.api import Problem
from outlast.protocol.codec import Json

_REF = "#/components/schemas/{name}"
EVENTS = "text/event-stream"
# OpenAPI 3.1 has no word for the items of a stream: its schema is taken to be that of each.
_EVENT: Json = {
    "type": "object",
    "description": "Each event; `data` is JSON.",
    "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
}
_COMMON: Sequence[type[OutlastError]] = (Unauthenticated, Refused, InvalidInput)

_bodies: list[type[msgspec.Struct]] = [Problem]


class Operation(TypedDict):
    """Keyword arguments of a route's decorator."""

    status_code: int
    response_class: type[Response]
    responses: dict[int | str, dict[str, Json]]
    openapi_extra: dict[str, Json] | None


def operation(
    gives: type[msgspec.Struct] | str | None,
    *errors: type[OutlastError],
    takes: type[msgspec.Struct] | str | None = None,
    status: int = 200,
    also: str | None = None,
) -> Operation:
    """Describe a route.

    Args:
        gives: struct of the answer's JSON, a media type, or None for no body.
        errors: what it refuses with, besides what every route does.
        takes: struct of the request's JSON, or a media type for raw bytes.
        status: of a good answer.
        also: a further media type that it answers in when asked to.
    """
    content = {**_content(gives), **_content(also)}
    responses: dict[int | str, dict[str, Json]] = {status: {"description": "Done", "content": content}}
    refusals = (*_COMMON, *errors, *((ProtocolViolation,) if isinstance(takes, type) else ()))
    for error in sorted(dict.fromkeys(refusals), key=lambda kind: kind.status):
        _refuse(responses, error.status, error)
    # Bytes may be none at all.
    body = {"requestBody": {"required": not isinstance(takes, str), "content": _content(takes)}} if takes else None
    return Operation(status_code=status, response_class=Response, responses=responses, openapi_extra=body)


def refuse(described: Json, *errors: type[OutlastError]) -> None:
    """Add to a described operation what else it may refuse with."""
    for error in errors:
        _refuse(described["responses"], str(error.status), error)


def take_header(described: Json, name: str, *, description: str) -> None:
    """Add to a described operation a header that it may be sent."""
    header = {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
    described.setdefault("parameters", []).append({**header, "description": description})


def _refuse(responses: Json, status: int | str, error: type[OutlastError]) -> None:
    code = f"`{error.code}`"
    refusal = responses.get(status)
    if refusal is None:
        responses[status] = {"description": code, "content": {PROBLEM_TYPE: {"schema": _ref(Problem)}}}
    elif code not in refusal["description"]:
        refusal["description"] += f", {code}"


def _content(what: type[msgspec.Struct] | str | None) -> dict[str, Json]:
    if what is None:
        return {}
    if what == EVENTS:
        return {what: {"schema": _EVENT}}
    if isinstance(what, str):
        form = {"type": "string"} if what.startswith("text/") else {"type": "string", "format": "binary"}
        return {what: {"schema": form}}
    return {"application/json": {"schema": _ref(what)}}


def _ref(struct: type[msgspec.Struct]) -> dict[str, Json]:
    _bodies.append(struct)
    return {"$ref": _REF.format(name=struct.__name__)}


Refine: TypeAlias = Callable[[Json], None]
"""Completes a described operation in place, by what its extension members (``x-...``) say."""


def install(app: FastAPI, *, refine: Refine = lambda described: None) -> None:
    """Make the app's OpenAPI document hold the structs' schemas; built once, when first asked for.

    Args:
        app: gets the document.
        refine: is given each described operation.
    """

    def _document() -> dict[str, Json]:
        if app.openapi_schema is None:
            app.openapi_schema = _build(app, refine)
        return app.openapi_schema

    app.openapi = _document  # type: ignore[method-assign]  # how FastAPI wants it to be extended


def _build(app: FastAPI, refine: Refine) -> dict[str, Json]:
    document: dict[str, Json] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    _, schemas = msgspec.json.schema_components(list(dict.fromkeys(_bodies)), ref_template=_REF)
    components = document.setdefault("components", {})
    modelled = components.get("schemas", {})  # what FastAPI itself made of Pydantic models
    components["schemas"] = {name: _first_paragraph(schema) for name, schema in sorted({**modelled, **schemas}.items())}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    for address, path in document["paths"].items():
        for described in path.values():
            _complete(address, described)
            refine(described)
    return document


def _complete(address: str, described: Json) -> None:
    """Say what every route of such an address and with such a body has in common."""
    parameters: list[Json] = described.setdefault("parameters", [])
    named = {each["name"] for each in parameters if each["in"] == "path"}
    # A route may leave parts of its path to others, such as the workspace.
    missing = [name for name in re.findall(r"{(\w+)}", address) if name not in named]
    parameters[:0] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in missing]
    if "requestBody" in described:
        refuse(described, ProtocolViolation, BodyTooLarge)
    for response in described["responses"].values():
        if not response.get("content"):
            response.pop("content", None)


def _first_paragraph(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    if "description" not in schema:
        return schema
    text = re.sub(r"\s+", " ", str(schema["description"]).split("\n\n", 1)[0]).replace("``", "`")
    return {**schema, "description": text}
