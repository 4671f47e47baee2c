"""Pages as grey pictures, as pdftoppm draws them, and how far two pictures differ; for the tests of papers."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DPI = 72
MOST_APART = 48
"""Of 255: pixels further apart than this, after a blur, differ."""

Picture = NDArray[np.uint8]
"""(height, width), 0 black and 255 white."""


class PopplerMissingError(Exception):
    """The program that draws pages is not installed; says what to install."""


def page_picture(pdf: bytes, page: int, folder: Path) -> Picture:
    """One page as a picture; pages count from 1.

    Raises: PopplerMissingError.
    """
    program = shutil.which("pdftoppm")
    if program is None:
        raise PopplerMissingError("pdftoppm is not installed; install poppler-utils, as .ci/system does")
    file = folder / "page.pdf"
    file.write_bytes(pdf)
    at = ["-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run([program, "-gray", "-r", str(DPI), *at, str(file), str(folder / "page")], check=True, timeout=60)
    return read_picture(folder / "page.pgm")


def read_picture(file: Path) -> Picture:
    """A stored picture."""
    with Image.open(file) as image:
        return np.array(image.convert("L"))


def write_picture(picture: Picture, file: Path) -> None:
    """Store a picture as PNG, small."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(file, format="PNG", optimize=True)


def share_that_differs(first: Picture, second: Picture) -> float:
    """The share of pixels that differ, between 0 and 1; 1 where the sizes do.

    Both pictures are blurred by a pixel, so that another way to smooth the edges of letters is no difference.
    """
    if first.shape != second.shape:
        return 1.0
    apart = np.abs(_blurred(first) - _blurred(second)) > MOST_APART
    return float(np.mean(apart))


def _blurred(picture: Picture) -> NDArray[np.float64]:
    """The mean of every pixel and its eight neighbours; the edge is its own neighbour."""
    padded = np.pad(picture.astype(float), 1, mode="edge")
    height, width = picture.shape
    windows = [padded[row : row + height, column : column + width] for row in range(3) for column in range(3)]
    return np.asarray(np.mean(windows, axis=0))
