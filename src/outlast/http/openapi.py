"""OpenAPI of routes whose bodies are msgspec structs: what each takes, gives and may refuse."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from outlast.http.problems import PROBLEM_TYPE
from outlast.kit.errors import InvalidInput, OutlastError, ProtocolViolation, Refused, Unauthenticated
from outlast.protocol.api import Problem
from outlast.protocol.codec import Json

_REF = "#/components/schemas/{name}"
EVENTS = "text/event-stream"
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
    by_status: defaultdict[int, list[type[OutlastError]]] = defaultdict(list)
    for error in dict.fromkeys(refusals):
        by_status[error.status].append(error)
    for refused, kinds in sorted(by_status.items()):
        responses[refused] = {
            "description": ", ".join(f"`{kind.code}`" for kind in kinds),
            "content": {PROBLEM_TYPE: {"schema": _ref(Problem)}},
        }
    # Bytes may be none at all.
    body = {"requestBody": {"required": not isinstance(takes, str), "content": _content(takes)}} if takes else None
    return Operation(status_code=status, response_class=Response, responses=responses, openapi_extra=body)


def _content(what: type[msgspec.Struct] | str | None) -> dict[str, Json]:
    if what is None:
        return {}
    if isinstance(what, str):
        form = {"type": "string"} if what.startswith("text/") else {"type": "string", "format": "binary"}
        return {what: {"schema": form}}
    return {"application/json": {"schema": _ref(what)}}


def _ref(struct: type[msgspec.Struct]) -> dict[str, Json]:
    _bodies.append(struct)
    return {"$ref": _REF.format(name=struct.__name__)}


def install(app: FastAPI, *, is_open: Callable[[Mapping[str, Json]], bool] = lambda described: False) -> None:
    """Make the app's OpenAPI document hold the structs' schemas; built once, when first asked for.

    Args:
        app: gets the document.
        is_open: tells of a described operation whether it needs no credential.
    """

    def _document() -> dict[str, Json]:
        if app.openapi_schema is None:
            app.openapi_schema = _build(app, is_open)
        return app.openapi_schema

    app.openapi = _document  # type: ignore[method-assign]  # how FastAPI wants it to be extended


def _build(app: FastAPI, is_open: Callable[[Mapping[str, Json]], bool]) -> dict[str, Json]:
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
            _name_places(address, described)
            if is_open(described):
                described["security"] = []
            for response in described["responses"].values():
                if not response.get("content"):
                    response.pop("content", None)
    return document


def _name_places(address: str, described: dict[str, Json]) -> None:
    """List the parts of a path that its route leaves to others, such as the workspace."""
    listed = described.setdefault("parameters", [])
    assert isinstance(listed, list)
    named = {each["name"] for each in listed if isinstance(each, dict) and each["in"] == "path"}
    missing = [name for name in re.findall(r"{(\w+)}", address) if name not in named]
    listed[:0] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in missing]
    if not listed:
        del described["parameters"]


def _first_paragraph(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    if "description" not in schema:
        return schema
    text = re.sub(r"\s+", " ", str(schema["description"]).split("\n\n", 1)[0]).replace("``", "`")
    return {**schema, "description": text}
