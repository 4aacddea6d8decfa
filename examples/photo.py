"""Change a picture: crop, turn, filter; before and after side by side.

Shows: upload and download of files, pictures, a form of several questions at once.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from outlast import app, choose, columns, field, file, form, image, markdown, upload, write

SAMPLE = Path(__file__).parent / "data" / "allium.jpg"
MAX_SIDE_PX = 1200

Effect = Callable[[Image.Image], Image.Image]

EFFECTS: dict[str, Effect] = {
    "none": lambda picture: picture,
    "grey": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
    "cyanotype": lambda picture: ImageOps.colorize(ImageOps.grayscale(picture), "#0b2545", "#f2f6fa", mid="#3d6ea5"),
    "poster": lambda picture: ImageOps.posterize(picture, 3),
    "edges": lambda picture: ImageOps.invert(picture.filter(ImageFilter.FIND_EDGES).convert("RGB")),
    "soft": lambda picture: picture.filter(ImageFilter.GaussianBlur(6)),
}


def opened(source: Path) -> Image.Image:
    """Read a picture upright, in RGB, no larger than is shown."""
    with Image.open(source) as raw:
        picture = ImageOps.exif_transpose(raw).convert("RGB")
    picture.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
    return picture


@app(title="Photo lab", icon="📷")
def photo() -> None:
    """Give a picture another look, and take it home."""
    write("# Photo lab")
    own = choose("Picture", ["Sample: a flower", "Mine"]) == "Mine"
    before = opened(upload("Picture", accept=["image/*"], max_bytes=20_000_000).path if own else SAMPLE)

    while True:
        wish = form(
            "What shall I do?",
            {
                "effect": field(str, "Effect", options=list(EFFECTS), default="cyanotype"),
                "turn": field(int, "Turn by (degrees)", min=-180, max=180, default=0),
                "square": field(bool, "Crop to a square", default=True),
            },
        )
        after = EFFECTS[wish.effect](before).rotate(-wish.turn, expand=True, fillcolor="white")
        if wish.square:
            after = ImageOps.fit(after, (min(after.size),) * 2)
        left, right = columns(2)
        with left:
            image(before, alt="the picture as it was", caption="before")
        with right:
            image(after, alt=f"the picture, {wish.effect}", caption=f"{wish.effect}, {after.width} x {after.height}")

        if choose("Keep it?", ["Keep", "Try again"]) == "Keep":
            break
    buffer = io.BytesIO()
    after.save(buffer, "JPEG", quality=90)
    file(buffer.getvalue(), name="picture.jpg")
    markdown("Done.")
