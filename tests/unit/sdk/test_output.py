"""What an app shows."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from typing_extensions import override

from outlast import code, json, markdown, metric, note, table, thinking, write
from outlast.protocol.codec import Json
from outlast.sdk.context import NoSession
from outlast.sdk.handles import BlockClosed, TextBlock
from outlast.sdk.output import JsonBlock, MetricBlock, TableBlock
from outlast.sdk.streaming import BlocksTheLoop
from tests.unit.sdk.fake_recorder import FakeRecorder, ran


def words() -> Iterator[str]:
    yield from ["Hello ", "", "world"]


async def async_words() -> AsyncIterator[str]:
    for word in words():
        yield word


def test_text_is_one_closed_block_of_markdown() -> None:
    recorder = FakeRecorder()
    assert recorder.run(lambda: write("# Hi")) == "# Hi"
    assert recorder.shown("markdown")[0].closed
    assert recorder.props("markdown") == {"text": "# Hi"}


@pytest.mark.parametrize("chunks", [words, async_words, lambda: map(str.upper, ["a"]), lambda: iter(["x", None])])
def test_an_iterator_is_streamed_and_given_back_whole(chunks: Json) -> None:
    recorder = FakeRecorder()
    text = recorder.run(lambda: write(chunks()))
    block = recorder.shown("markdown")[0]
    assert block.closed
    assert block.props["text"] == text
    assert block.appends >= 1


def test_a_stream_that_was_written_to_its_end_is_not_started_again() -> None:
    started = []

    def chunks() -> Iterator[str]:
        started.append(1)
        yield "paid for"

    first = ran(lambda: write(chunks()))
    assert first.replayed().run(lambda: write(chunks())) == "paid for"
    assert started == [1]


def test_a_stream_that_failed_stays_open_and_is_started_again() -> None:
    def broken() -> Iterator[str]:
        yield "half"
        raise OSError("line cut")

    recorder = FakeRecorder()
    with pytest.raises(OSError, match="line cut"):
        recorder.run(lambda: write(broken()))
    assert not recorder.shown("markdown")[0].closed
    assert recorder.props("markdown") == {"text": "half"}
    assert recorder.replayed().run(lambda: write(words())) == "Hello world"


@pytest.mark.parametrize(
    "chunk",
    [
        SimpleNamespace(choices=[SimpleNamespace(delta=SimpleNamespace(content="hi"))]),
        SimpleNamespace(delta=SimpleNamespace(text="hi")),
        SimpleNamespace(text="hi"),
        SimpleNamespace(content="hi"),
    ],
)
def test_the_chunks_of_model_clients_give_their_text(chunk: object) -> None:
    silent = SimpleNamespace(choices=[SimpleNamespace(delta=SimpleNamespace(content=None))])
    assert FakeRecorder().run(lambda: write(iter([silent, chunk]))) == "hi"


def test_a_chunk_without_text_is_refused() -> None:
    with pytest.raises(TypeError, match="chunk of type int"):
        ran(lambda: write(iter([1])))


def test_an_async_stream_in_an_async_app_names_aio() -> None:
    async def app() -> None:
        write(async_words())

    with pytest.raises(BlocksTheLoop, match=r"await aio\.write"):
        FakeRecorder().run_async(app)


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: int


class Mystery:
    @override
    def __repr__(self) -> str:
        return "<mystery>"


class Drawn:
    def _repr_markdown_(self) -> str:
        return "*drawn*"


@pytest.mark.parametrize(
    ("value", "kind", "props"),
    [
        ({"a": [1, None]}, "json", {"value": {"a": [1, None]}}),
        ([1, 2], "json", {"value": [1, 2]}),
        (Point(1), "json", {"value": {"x": 1}}),
        (3.5, "markdown", {"text": "3.5"}),
        (True, "markdown", {"text": "True"}),
        (None, "markdown", {"text": "`None`"}),
        (Colour.RED, "markdown", {"text": "red"}),
        (date(2026, 5, 1), "markdown", {"text": "2026-05-01"}),
        (Drawn(), "markdown", {"text": "*drawn*"}),
        (Mystery(), "code", {"text": "<mystery>", "language": "python"}),
        ([Mystery()], "code", {"text": "[<mystery>]", "language": "python"}),
    ],
)
def test_any_other_value_is_shown_in_the_form_that_fits(value: object, kind: str, props: Json) -> None:
    recorder = FakeRecorder()
    assert recorder.run(lambda: write(value)) is None
    assert recorder.props(kind) == props


def test_an_exception_is_shown_as_a_fault_and_its_traceback_goes_to_the_log() -> None:
    try:
        int("no \ud800 way")
    except ValueError as error:
        caught = error
    recorder = ran(lambda: write(caught))
    fault = recorder.props("fault")
    assert (fault["type"], fault["message"]) == (
        "ValueError",
        "invalid literal for int() with base 10: 'no \\ud800 way'",
    )
    assert "traceback" not in fault
    ((channel, trace),) = recorder.lines
    assert channel == "log"
    assert "test_output.py" in trace


def test_a_path_is_shown_as_a_download(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("a,b")
    recorder = ran(lambda: write(path))
    assert recorder.props("file")["file"] == {
        "sha256": next(iter(recorder.files)),
        "name": "sales.csv",
        "type": "text/csv",
        "size_bytes": 3,
    }


@pytest.mark.parametrize("open_block", [markdown, code, thinking])
def test_a_text_block_grows_and_can_be_replaced_until_it_is_closed(open_block: Json) -> None:
    recorder = FakeRecorder()

    def work() -> TextBlock:
        block: TextBlock = open_block("One")
        block.append(" two")
        assert block.text == "One two"
        block.update("Three")
        block.append("!")
        block.close()
        block.close()
        with pytest.raises(BlockClosed, match="closed"):
            block.append("more")
        return block

    block = recorder.run(work)
    assert block.text == recorder.blocks[block.id].props["text"] == "Three!"
    assert recorder.blocks[block.id].closed


def test_thinking_and_code_take_streams_and_contexts() -> None:
    def work() -> None:
        assert thinking(words()).text == "Hello world"
        assert code(["a", "b"], "sql").text == "ab"
        with thinking() as thought:
            thought.append("hm")

    recorder = ran(work)
    assert [block.props["text"] for block in recorder.shown("thinking")] == ["Hello world", "hm"]
    assert all(block.closed for block in recorder.blocks.values())
    assert recorder.props("code")["language"] == "sql"


def test_text_that_utf8_cant_hold_is_mended() -> None:
    recorder = ran(lambda: (write("a\ud800"), markdown("b\udfff"), note("c\ud800")))
    assert [block.props["text"] for block in recorder.blocks.values()] == ["a?", "b?", "c?"]


def test_text_functions_refuse_what_is_no_text() -> None:
    with pytest.raises(TypeError, match="takes text"):
        ran(lambda: markdown(5))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes text"):
        ran(lambda: markdown("a").append(5))  # type: ignore[arg-type]


def test_json_refuses_what_has_no_json_form_and_says_where() -> None:
    with pytest.raises(TypeError, match=r"value\['a'\]\[1\] is of type Mystery"):
        ran(lambda: json({"a": [1, Mystery()]}))
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(ValueError, match="holds itself"):
        ran(lambda: json(loop))


def test_json_and_metric_can_be_changed() -> None:
    def work() -> tuple[JsonBlock, MetricBlock]:
        tree, figure = json({1: Decimal("1.5")}), metric("Sales", Decimal(3), delta=-1, unit="EUR")
        tree.update({"b": {3, 1}})
        figure.update(4.5)
        return tree, figure

    recorder = ran(work)
    assert recorder.props("json") == {"value": {"b": [1, 3]}}
    assert recorder.props("metric") == {"label": "Sales", "value": 4.5, "unit": "EUR"}


@pytest.mark.parametrize(
    ("value", "shown"), [(float("nan"), "n/a"), (True, "True"), ("many", "many"), (2**70, str(2**70))]
)
def test_a_metric_shows_any_figure(value: object, shown: object) -> None:
    assert ran(lambda: metric("x", value)).props("metric")["value"] == shown


def test_a_note_has_one_of_four_levels_and_can_be_removed() -> None:
    recorder = FakeRecorder()
    recorder.run(lambda: note("Saved", "success"))
    assert recorder.props("note") == {"text": "Saved", "level": "success"}
    with pytest.raises(ValueError, match="info, warning, error, success"):
        recorder.run(lambda: note("x", "loud"))  # type: ignore[arg-type]
    assert not ran(lambda: note("gone").remove()).blocks


def test_a_key_names_the_block_and_must_be_text() -> None:
    assert list(ran(lambda: write("a", key="left")).blocks) == ["b:left"]
    with pytest.raises(TypeError, match="key must be a text"):
        ran(lambda: write("a", key=""))


def test_outside_of_a_session_the_error_says_how_to_start_one() -> None:
    with pytest.raises(NoSession, match="outlast run FILE"):
        write("hi")


def test_a_table_takes_rows_one_by_one_or_many() -> None:
    def work() -> TableBlock:
        prices = table(columns=["item", "price"])
        prices.append({"item": "Tea", "price": 2})
        prices.append(["Milk", 1])
        prices.append([["Bun", 3], ["Jam", 4]])
        prices.append([{"price": 5}])
        prices.append([])
        prices.close()
        with pytest.raises(BlockClosed):
            prices.append(["late", 1])
        return prices

    recorder = FakeRecorder()
    assert recorder.run(work).total == 5
    assert recorder.props("table") == {
        "columns": [{"name": "item"}, {"name": "price"}],
        "rows": [["Tea", 2], ["Milk", 1], ["Bun", 3], ["Jam", 4], [None, 5]],
    }


def test_a_table_without_columns_learns_them_from_its_first_row() -> None:
    def work() -> None:
        named, numbered = table(), table()
        named.append(Point(1))
        numbered.append([1, 2])

    named, numbered = ran(work).shown("table")
    assert named.props == {"columns": [{"name": "x"}], "rows": [[1]]}
    assert numbered.props == {"columns": [{"name": "column 1"}, {"name": "column 2"}], "rows": [[1, 2]]}


def test_rows_that_do_not_fit_the_table_are_refused() -> None:
    with pytest.raises(ValueError, match="Row 1 has 3 cells, but the table has 2 columns"):
        ran(lambda: table([[1, 2]]).append([1, 2, 3]))
    with pytest.raises(ValueError, match="no column 'c'"):
        ran(lambda: table([{"a": 1}]).append({"c": 1}))


def test_a_large_table_is_cut_and_keeps_its_total() -> None:
    def work() -> None:
        numbers = table(range(25), max_rows=10)
        numbers.append([[1], [2]])

    props = ran(work).props("table")
    assert len(props["rows"]) == 10
    assert props["total"] == 27


def test_appended_rows_past_the_limit_are_counted() -> None:
    def work() -> None:
        growing = table(columns=["n"], max_rows=3)
        for n in range(5):
            growing.append([n])

    props = ran(work).props("table")
    assert (props["rows"], props["total"]) == ([[0], [1], [2]], 5)
