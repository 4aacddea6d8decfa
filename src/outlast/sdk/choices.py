"""Choosing: one of several, or some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Literal, TypeVar, Unpack, overload

from outlast.protocol.codec import Json
from outlast.sdk.forms import choices_of, shown_as
from outlast.sdk.questions import Common, Question, asked, asks

T = TypeVar("T")


class ChooseOptions(Common, total=False):
    """What `choose` takes beside the options and ``optional``."""

    default: object
    show: Callable[[Json], str] | None


@overload
def choose(
    label: str, options: Mapping[str, T], *, optional: Literal[False] = False, **more: Unpack[ChooseOptions]
) -> T: ...
@overload
def choose(
    label: str, options: Mapping[str, T], *, optional: Literal[True], **more: Unpack[ChooseOptions]
) -> T | None: ...
@overload
def choose(
    label: str, options: Iterable[T], *, optional: Literal[False] = False, **more: Unpack[ChooseOptions]
) -> T: ...
@overload
def choose(label: str, options: Iterable[T], *, optional: Literal[True], **more: Unpack[ChooseOptions]) -> T | None: ...
@asks
def choose(
    label: str,
    options: object,
    *,
    default: object = None,
    show: Callable[[Json], str] | None = None,
    optional: bool = False,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[object]:
    """Ask for one of several.

    Args:
        label: the question.
        options: values, each shown by its text; or texts to values; or an enum.
        default: the value that is chosen beforehand.
        show: gives the text of a value.
        optional: none may be chosen, and gives None then.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The chosen value, not its text.

    Raises:
        ValueError: there are no options, two look alike, or the default is none of them.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        style = choose("Style", ["relaxed", "packed"])
        price = choose("Room", {"single": 80, "double": 120}, default=120)
        ```
    """
    choices = choices_of(options, show)
    spec: dict[str, Json] = {"options": list(choices)}
    if optional:
        spec["optional"] = True
    if default is not None:
        spec["default"] = shown_as(choices, default)
    return asked(
        Question("choose", label, spec, lambda value, _by: None if value is None else choices[value]),
        help=help, audience=audience, timeout=timeout, key=key,
    )  # fmt: skip


class ChooseManyOptions(Common, total=False):
    """What `choose_many` takes beside the options."""

    min: int | None
    max: int | None
    default: Iterable[object]
    show: Callable[[Json], str] | None


@overload
def choose_many(label: str, options: Mapping[str, T], **more: Unpack[ChooseManyOptions]) -> list[T]: ...
@overload
def choose_many(label: str, options: Iterable[T], **more: Unpack[ChooseManyOptions]) -> list[T]: ...
@asks
def choose_many(
    label: str,
    options: object,
    *,
    min: int | None = None,
    max: int | None = None,
    default: Iterable[object] = (),
    show: Callable[[Json], str] | None = None,
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[list[Json]]:
    """Ask for some of several.

    Args:
        label: the question.
        options: values, each shown by its text; or texts to values; or an enum.
        min: at least so many.
        max: at most so many.
        default: the values that are chosen beforehand.
        show: gives the text of a value.
        help: a line below the question.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The chosen values, in the order of the options.

    Raises:
        ValueError: there are no options, two look alike, or a default is none of them.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        extras = choose_many("Extras", ["breakfast", "parking", "late check-out"], max=2)
        ```
    """
    choices = choices_of(options, show)
    if (min is not None and min > len(choices)) or (min is not None and max is not None and min > max):
        raise ValueError(f"At least {min} can't be chosen of {len(choices)} options and at most {max}.")
    spec: dict[str, Json] = {"options": list(choices)}
    spec |= {name: bound for name, bound in (("min", min), ("max", max)) if bound is not None}
    chosen = [shown_as(choices, value) for value in default]
    if chosen:
        spec["default"] = chosen
    return asked(
        Question("choose_many", label, spec, lambda value, _by: [choices[shown] for shown in value or []]),
        help=help, audience=audience, timeout=timeout, key=key,
    )  # fmt: skip
