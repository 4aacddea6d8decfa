"""Charts, pictures, sounds, films and files."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import altair as alt
import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from matplotlib.figure import Figure
from PIL import Image

from outlast import File, audio, chart, file, image, video, write
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json
from outlast.sdk.files import sniff
from tests.unit.sdk.fake_recorder import FakeRecorder, ran

PIE: Json = "pie"
PNG = b"\x89PNG\r\n\x1a\n"
SALES = pd.DataFrame({"month": ["Jan", "Feb"], "sales": [12, 19], "cost.net": [5, 6]})


def figure() -> Figure:
    drawn = Figure(figsize=(1, 1))
    drawn.subplots().plot([1, 2])
    return drawn


@pytest.mark.parametrize("show", [write, image, chart])
def test_a_matplotlib_figure_becomes_a_picture(show: Callable[[object], object]) -> None:
    with mpl.rc_context({"figure.dpi": 50}):
        recorder = ran(lambda: show(figure()))
    assert recorder.props("image")["file"]["type"] == "image/png"
    assert next(iter(recorder.files.values())).startswith(PNG)


def test_matplotlib_axes_stand_for_their_figure() -> None:
    assert ran(lambda: write(figure().axes[0])).shown("image")


@pytest.mark.parametrize("show", [write, chart])
def test_altair_and_plotly_figures_become_charts(show: Callable[[object], object]) -> None:
    drawn = alt.Chart(SALES).mark_bar().encode(x="month", y="sales")
    assert ran(lambda: show(drawn)).props("chart")["library"] == "vega-lite"
    plotted = go.Figure(go.Bar(x=SALES["month"], y=np.array([1.0, np.nan])))
    props = ran(lambda: show(plotted)).props("chart")
    assert (props["library"], props["spec"]["data"][0]["type"]) == ("plotly", "bar")


@pytest.mark.parametrize(
    ("spec", "library"),
    [
        ({"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}, "vega-lite"),
        ({"data": [{"y": [1, 2]}], "layout": {}}, "plotly"),
    ],
)
def test_a_specification_becomes_a_chart(spec: Json, library: str) -> None:
    assert ran(lambda: chart(spec, caption="c")).props("chart") == {"library": library, "spec": spec, "caption": "c"}
    assert ran(lambda: write(spec)).props("chart")["library"] == library


def test_data_is_drawn_by_its_columns() -> None:
    spec = ran(lambda: chart(SALES, x="month", y="sales", mark="bar")).props("chart")["spec"]
    assert spec["encoding"]["x"] == {"field": "month", "type": "nominal", "title": "month", "sort": None}
    assert spec["encoding"]["y"] == {"field": "sales", "type": "quantitative", "title": "sales"}
    assert spec["data"]["values"][1] == {"month": "Feb", "sales": 19, "cost.net": 6}


def test_several_columns_are_drawn_as_series_and_odd_names_are_escaped() -> None:
    spec = ran(lambda: chart(SALES)).props("chart")["spec"]
    assert spec["transform"] == [{"fold": ["sales", "cost.net"], "as": ["series", "value"]}]
    assert ran(lambda: chart(SALES, y="cost.net")).props("chart")["spec"]["encoding"]["y"]["field"] == "cost\\.net"


def test_a_chart_of_shares_and_one_split_by_colour() -> None:
    arc = ran(lambda: chart(SALES, x="month", y="sales", mark="arc")).props("chart")["spec"]["encoding"]
    assert set(arc) == {"theta", "color"}
    split = ran(lambda: chart(SALES, x="sales", y="cost.net", color="month", mark="point")).props("chart")["spec"]
    assert split["encoding"]["color"]["field"] == "month"


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda: chart(SALES, y="price"), ValueError, "no column 'price'"),
        (lambda: chart({"a": ["x"], "b": ["y"]}), ValueError, "no column of numbers"),
        (lambda: chart([]), ValueError, "no data to draw"),
        (lambda: chart(range(20_001)), ValueError, "aggregate them"),
        (lambda: chart(5), TypeError, "can't be made of int"),
        (lambda: chart(SALES, mark=PIE), ValueError, "line, bar, area, point, arc"),
    ],
)
def test_a_chart_that_cant_be_drawn_says_why(work: Callable[[], object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ran(work)


def test_a_chart_can_be_replaced_by_a_chart_only() -> None:
    recorder = FakeRecorder()
    block = recorder.run(lambda: chart([1, 2], y="value", x="value"))
    recorder.run(lambda: block.update(SALES, y="sales"))
    assert recorder.props("chart")["spec"]["data"]["values"][0]["sales"] == 12
    with pytest.raises(TypeError, match="can't become a image"):
        recorder.run(lambda: block.update(figure()))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "P", "CMYK", "F", "YCbCr"])
def test_a_pil_image_of_any_mode_becomes_a_png(mode: str) -> None:
    recorder = ran(lambda: image(Image.new(mode, (3, 2)), alt="three by two", width_px=30, caption="c"))
    (data,) = recorder.files.values()
    assert Image.open(io.BytesIO(data)).size == (3, 2)
    assert recorder.props("image")["alt"] == "three by two"


@pytest.mark.parametrize(
    ("array", "mode"),
    [
        (np.array([[0, 255], [128, 7]], dtype=np.uint8), "L"),
        (np.full((2, 3, 3), 0.5), "RGB"),
        (np.zeros((2, 3, 4), dtype=np.uint8), "RGBA"),
        (np.zeros((2, 3, 2), dtype=np.uint8), "LA"),
    ],
)
def test_pixels_become_a_png_that_reads_back_the_same(array: Json, mode: str) -> None:
    (data,) = ran(lambda: image(array)).files.values()
    read = Image.open(io.BytesIO(data))
    assert read.mode == mode
    expected = array if array.dtype == np.uint8 else (array * 255).round().astype(np.uint8)
    assert (np.asarray(read) == expected).all()


def test_pixels_of_no_shape_and_things_that_are_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match=r"not \(2, 2, 5\)"):
        ran(lambda: image(np.zeros((2, 2, 5))))
    with pytest.raises(TypeError, match="can't be made of int"):
        ran(lambda: image(5))
    with pytest.raises(TypeError, match="not an address"):
        ran(lambda: image("https://example.org/a.png"))
    with pytest.raises(ValueError, match="above zero"):
        ran(lambda: image("<svg/>", width_px=0))


def test_svg_text_and_bytes_are_pictures() -> None:
    assert ran(lambda: image("<svg xmlns='a'/>")).props("image")["file"]["type"] == "image/svg+xml"
    assert ran(lambda: image(PNG)).props("image")["file"]["name"] == "file.png"


def test_a_file_needs_a_name_beside_bytes_and_must_exist(tmp_path: Path) -> None:
    ref = ran(lambda: file(b"a,b", name="x.csv", label="Get it")).props("file")
    assert (ref["file"]["name"], ref["file"]["type"], ref["label"]) == ("x.csv", "text/csv", "Get it")
    with pytest.raises(TypeError, match="needs the name"):
        ran(lambda: file(b"a,b"))
    with pytest.raises(FileNotFoundError, match="give bytes and a name"):
        ran(lambda: file(str(tmp_path / "none.csv")))
    with pytest.raises(TypeError, match="can't be made of int"):
        ran(lambda: file(5, name="x"))  # type: ignore[arg-type]
    assert ran(lambda: file(io.BytesIO(b"abc"), name="x.bin")).props("file")["file"]["size_bytes"] == 3  # type: ignore[arg-type]


def test_a_file_of_the_session_is_not_stored_again() -> None:
    given = File(FileRef("ab" * 32, "old.csv", "text/csv", 3))
    recorder = ran(lambda: file(given, name="new.csv"))
    assert recorder.props("file")["file"]["name"] == "new.csv"
    assert not recorder.files


def test_a_file_of_the_session_can_be_read(tmp_path: Path) -> None:
    recorder = FakeRecorder(folder=tmp_path)
    ref = recorder.store_file("\ufeffa\r\nb".encode(), name="a.txt", media_type="text/plain")
    given = File(ref)

    def work() -> None:
        assert given.read_text() == "a\nb"
        assert given.read_bytes().startswith(b"\xef\xbb\xbf")
        with given.open() as opened, given.open_text() as text:
            assert opened.read(3) == b"\xef\xbb\xbf"
            assert text.read() == "a\r\nb"

    recorder.run(work)
    assert given == File(ref)
    assert len({given, File(ref)}) == 1


def test_sound_and_film_have_players(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"RIFF....WAVE")
    recorder = ran(lambda: (audio(path, caption="Hi"), video(b"....ftypmp42", type="video/mp4")))
    assert recorder.props("audio")["file"]["type"] == "audio/wav"
    assert recorder.props("video")["file"]["name"].endswith(".mp4")


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"....ftypisom", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
        (zlib.compress(b"x"), "application/octet-stream"),
    ],
)
def test_the_first_bytes_tell_the_media_type(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type
