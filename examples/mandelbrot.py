"""A long computation that can be watched, stopped, and taken up where it was cut off.

Shows: progress with rate and remaining time, a picture, a loop whose finished parts are steps.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le
from PIL import Image

from outlast import app, image, metric, progress, step, write

VIEWS = {
    "whole set": (-0.65, 0.0, 3.0),
    "seahorse valley": (-0.745, 0.113, 0.02),
    "spiral": (-0.77568377, 0.13646737, 0.002),
}
BANDS = 24


@step
def band(view: str, top: int, height: int, *, side: int, iterations: int) -> bytes:
    """Compute some lines. A session that was cut off keeps the bands it has."""
    centre_x, centre_y, width = VIEWS[view]
    step_size = width / side
    re = centre_x + step_size * (np.arange(side) - side / 2)
    im = centre_y + step_size * (np.arange(top, top + height) - side / 2)
    c = re[None, :] + 1j * im[:, None]
    z = np.zeros_like(c)
    escaped = np.full(c.shape, iterations, dtype=np.int32)
    alive = np.ones(c.shape, dtype=bool)
    for count in range(iterations):
        z[alive] = z[alive] ** 2 + c[alive]
        out = alive & (np.abs(z) > 2.0)
        escaped[out] = count
        alive &= ~out
    shade = (255 * np.sqrt(escaped / iterations)).astype(np.uint8)
    shade[alive] = 0
    return shade.tobytes()


def coloured(shades: bytes, side: int) -> Image.Image:
    """Give the shades a palette from ink to paper."""
    grey = np.frombuffer(shades, np.uint8).reshape(side, side).astype(np.float64) / 255
    red, green, blue = grey**0.6, grey**1.1, 0.15 + 0.85 * grey**0.4
    blue[grey == 0] = 0
    return Image.fromarray((255 * np.stack([red, green, blue], axis=-1)).astype(np.uint8), "RGB")


@app(title="Mandelbrot", icon="🌀")
def mandelbrot(
    view: Literal["whole set", "seahorse valley", "spiral"] = "seahorse valley",
    side_px: Annotated[int, Ge(64), Le(1600)] = 720,
    iterations: Annotated[int, Ge(10), Le(2000)] = 250,
) -> None:
    """Draw the Mandelbrot set, band by band."""
    write(f"# {view.capitalize()}")
    edges = [side_px * n // BANDS for n in range(BANDS + 1)]
    shades = b""
    with progress(side_px, "Drawing", unit="lines") as bar:
        for top, bottom in pairwise(edges):
            shades += band(view, top, bottom - top, side=side_px, iterations=iterations)
            bar.advance(bottom - top)
    image(coloured(shades, side_px), alt=f"Mandelbrot set, {view}", caption=f"{side_px} x {side_px} points")
    inside = shades.count(0) / len(shades)
    metric("Inside the set", f"{inside:.1%}")
