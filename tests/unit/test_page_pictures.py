"""The tool that compares pages: a picture survives its file, and a missing program is told."""

from pathlib import Path

import numpy as np
import pytest

from tests.page_pictures import PopplerMissingError, page_picture, read_picture, share_that_differs, write_picture


def test_a_stored_picture_is_the_same_again(tmp_path: Path) -> None:
    """Every shade, pixel by pixel."""
    picture = np.arange(256, dtype=np.uint8).reshape(8, 32)
    write_picture(picture, tmp_path / "pictures" / "a.png")
    assert (read_picture(tmp_path / "pictures" / "a.png") == picture).all()


def test_a_missing_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install; no test is left out silently."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PopplerMissingError, match="install poppler-utils"):
        page_picture(b"", 1, tmp_path)


def test_the_share_counts_blurred_pixels() -> None:
    """One black pixel in white vanishes in the blur; a black square of three is nine ninths at its middle."""
    white = np.full((10, 10), 255, dtype=np.uint8)
    dot, square = white.copy(), white.copy()
    dot[5, 5] = 0
    square[4:7, 4:7] = 0
    assert share_that_differs(white, dot) == 0
    # The middle, its four neighbours at 2/3 and four at 4/9, and twelve around them at 1/3 or 2/9.
    assert share_that_differs(white, square) == pytest.approx(0.21)
    assert share_that_differs(white, white) == 0
