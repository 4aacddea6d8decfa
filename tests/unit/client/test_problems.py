"""Every error of the tree goes over the wire and comes back as itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from outlast.client.problems import error_of
from outlast.http.problems import problem_response
from outlast.kit import errors


def _tree(root: type[errors.OutlastError]) -> Iterator[type[errors.OutlastError]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield from _tree(kind)


def _made(kind: type[errors.OutlastError]) -> errors.OutlastError:
    if issubclass(kind, errors.StreamTrimmed):
        return kind("Gone.", first=7)
    if issubclass(kind, errors.LimitExceeded):
        return kind("Over.", limit="memory")
    if issubclass(kind, errors.AudienceOnly):
        return kind("Not you.", audience="admin")
    if issubclass(kind, errors.InvalidInput):
        return kind("Wrong.", errors={"args.city": "needed"})
    return kind("What happened.", fact=3)


@pytest.mark.parametrize("kind", list(dict.fromkeys(_tree(errors.OutlastError))))
def test_an_error_comes_back_as_it_went(kind: type[errors.OutlastError]) -> None:
    error = _made(kind)
    response = problem_response(error, path="/x")
    back = error_of(response.status_code, bytes(response.body))
    assert (back.message, back.code, back.status) == (error.message, error.code, error.status)
    assert back.details == error.details
    assert isinstance(back, kind) or "code" not in vars(kind) or isinstance(error, errors.LimitExceeded)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"detail": 5, "code": null}'])
def test_what_is_no_problem_is_an_error_all_the_same(body: bytes) -> None:
    error = error_of(502, body)
    assert error.status == 502
    assert error.message


def test_an_unforeseen_error_tells_nothing_of_the_servers_insides() -> None:
    response = problem_response(ValueError("SELECT secret FROM /root"), path="/x")
    assert response.status_code == 500
    assert b"secret" not in bytes(response.body)
