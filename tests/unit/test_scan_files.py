"""Files of scans: pages one at a time, and none that can use up memory or time."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image

from examgen.errors import AnswersError
from examgen.marking.reading.handed_in.uploads import upload_of
from examgen.marking.reading.scans import page_child, page_drawing, picture_files
from examgen.marking.reading.scans.picture_files import Picture, pictures_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"


def pdf(path: Path, *sizes: tuple[float, float], drawing: bytes = b"") -> Path:
    """Pages of these sizes, on each the same drawing."""
    with pikepdf.new() as made:
        for size in sizes:
            page = made.add_blank_page(page_size=size)
            page.Contents = made.make_stream(drawing)
        made.save(path)
    return path


def pictures(path: Path) -> list[Picture]:
    return list(pictures_of(upload_of(path), is_photo=path.suffix != ".pdf"))


def refusal(path: Path) -> str:
    with pytest.raises(AnswersError) as found:
        pictures(path)
    return str(found.value)


def test_pages_come_one_by_one_at_the_scale_of_a_scan(tmp_path: Path) -> None:
    """Two hundred dots to an inch; of a gigantic page a picture that is no larger than others."""
    found = pictures(pdf(tmp_path / "a.pdf", (595, 842), (14_400, 14_400), (3, 14_400)))
    assert [picture.page for picture in found] == [1, 2, 3]
    shapes = [picture.grey.shape for picture in found if picture.grey is not None]
    assert shapes[0] == pytest.approx((842 / 72 * 200, 595 / 72 * 200), abs=1)
    assert max(max(shape) for shape in shapes) <= 3201


def test_a_large_pdf_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are not brought into memory."""
    path = pdf(tmp_path / "a.pdf", (100, 100), (100, 100))
    monkeypatch.setattr(picture_files, "_ON_DISK", 10)
    monkeypatch.setattr(picture_files, "drawn_pages", lambda _, path, data: iter([path, data]))
    assert [picture.grey for picture in pictures(path)] == [path.resolve(), b""]


def test_a_page_that_takes_too_long_ends_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before it has been read."""
    slow = tmp_path / "child.py"
    begin = "            page = document[place]\n"
    text = Path(page_child.__file__).read_text(encoding="utf-8")
    assert begin in text
    slow.write_text(
        text.replace(begin, f"            if place: __import__('time').sleep(60)\n{begin}"), encoding="utf-8"
    )
    monkeypatch.setattr(page_child, "__file__", str(slow))
    monkeypatch.setattr(page_drawing, "PAGE_SECONDS", 4.0)
    found = pictures_of(upload_of(pdf(tmp_path / "a.pdf", (100, 100), (100, 100))), is_photo=False)
    assert next(found).page == 1
    with pytest.raises(AnswersError, match=r"a.pdf: page 2 takes more than 4 seconds or too much memory to draw"):
        next(found)


def test_files_beyond_the_limits_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many pages, too many pixels, damage, and another kind than the name says: each in a sentence."""
    monkeypatch.setattr(page_drawing, "MOST_PAGES", 2)
    assert "has 3 pages; at most 2 are allowed" in refusal(pdf(tmp_path / "many.pdf", *3 * [(10, 10)]))
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.7 nothing")
    assert "is a damaged or protected PDF, or one without pages" in refusal(tmp_path / "damaged.pdf")
    assert "or one without pages" in refusal(pdf(tmp_path / "empty.pdf"))
    (tmp_path / "huge.png").write_bytes(PNG + struct.pack(">II", 100_000, 100_000) + bytes(100))
    assert "has 10,000,000,000 pixels; at most 100,000,000" in refusal(tmp_path / "huge.png")
    (tmp_path / "cut.png").write_bytes(PNG + struct.pack(">II", 100, 100) + bytes(100))
    assert "is a damaged picture" in refusal(tmp_path / "cut.png")
    (tmp_path / "text.jpg").write_bytes(b"nothing")
    assert "is a damaged picture, or one of another kind" in refusal(tmp_path / "text.jpg")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg"])
def test_photos_are_read_grey(tmp_path: Path, suffix: str) -> None:
    """Whatever colours they have."""
    colours = np.zeros((40, 60, 3), dtype=np.uint8)
    colours[:, 30:] = 255
    cv2.imwrite(str(tmp_path / f"a{suffix}"), colours)
    [picture] = pictures(tmp_path / f"a{suffix}")
    assert picture.page == 0
    assert picture.grey is not None
    assert picture.grey.shape == (40, 60)
    assert picture.grey[20, 10] < 20 < 230 < picture.grey[20, 50]


def half(size: int = 40) -> NDArray[np.uint8]:
    """Black on the left and white on the right."""
    grey = np.zeros((size, size + 20), dtype=np.uint8)
    grey[:, 30:] = 255
    return grey


def tiff(path: Path, *pages: NDArray[np.uint8], mode: str = "L", compression: str = "raw") -> Path:
    """As scanners write it."""
    first, *others = [Image.fromarray(page).convert(mode) for page in pages]
    first.save(path, save_all=True, append_images=others, compression=compression)
    return path


@pytest.mark.parametrize(("mode", "compression"), [("1", "group4"), ("L", "tiff_lzw"), ("RGB", "raw")])
def test_a_tiff_has_pages(tmp_path: Path, mode: str, compression: str) -> None:
    """In black and white, grey or colours; one page alone is as a photo."""
    path = tiff(tmp_path / "a.tif", half(), half(80), mode=mode, compression=compression)
    found = pictures(path)
    assert [picture.page for picture in found] == [1, 2]
    for picture, side in zip(found, (40, 80), strict=True):
        assert picture.grey is not None
        assert picture.grey.shape == (side, side + 20)
        assert picture.grey[20, 10] < 20 < 230 < picture.grey[20, 50]
    [alone] = pictures(tiff(tmp_path / "b.tiff", half(), mode=mode, compression=compression))
    assert alone.page == 0


def test_a_cut_tiff_ends_with_a_page_that_cannot_be_drawn(tmp_path: Path) -> None:
    """And one with a circle of pages, or of too many or too large ones, ends."""
    path = tiff(tmp_path / "a.tif", half(), half(80), half(40))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    found = pictures(path)
    assert found[0].grey is not None
    assert found[-1].grey is None
    head, first = b"II*\x00", struct.pack("<I", 8)
    page = struct.pack("<HHHIIHHII", 2, 256, 4, 1, 9, 257, 4, 1, 9)
    (tmp_path / "round.tif").write_bytes(head + first + page + struct.pack("<I", 8))
    assert "is a damaged picture" in refusal(tmp_path / "round.tif")
    large = struct.pack("<HHHIIHHIII", 2, 256, 4, 1, 10**5, 257, 4, 1, 10**5, 0)
    (tmp_path / "huge.tif").write_bytes(head + first + large)
    assert "has 10,000,000,000 pixels; at most 100,000,000" in refusal(tmp_path / "huge.tif")
    chain = b"".join(page + struct.pack("<I", 8 + 30 * (place + 1)) for place in range(2_001))
    (tmp_path / "many.tif").write_bytes(head + first + chain)
    assert "has more than 2,000 pages" in refusal(tmp_path / "many.tif")


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_what_is_clear_lies_on_white(tmp_path: Path, mode: str) -> None:
    """An app that scans may leave the paper out, whose colour is then told to be black."""
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 30, 40))
    if mode == "P":
        ink = Image.fromarray((half() // 255).astype(np.uint8), "P")
        ink.putpalette([0, 0, 0, 0, 0, 0])
        ink.save(tmp_path / "a.png", transparency=1)
    else:
        clear.convert(mode).save(tmp_path / "a.png")
    [picture] = pictures(tmp_path / "a.png")
    assert picture.grey is not None
    assert picture.grey.shape == (40, 60)
    assert picture.grey[20, 10] < 20 < 230 < picture.grey[20, 50]


def test_nothing_is_said_beside_what_we_say(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever libraries of C have to say of a profile of colours or a damaged page."""
    Image.fromarray(half()).save(tmp_path / "a.png", icc_profile=bytes(200))
    assert len(pictures(tmp_path / "a.png")) == 1
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[data.find(b"IDAT") + 6] ^= 0x55
    (tmp_path / "b.png").write_bytes(data)
    assert "is a damaged picture" in refusal(tmp_path / "b.png")
    path = tiff(tmp_path / "c.tif", half(), half(), compression="tiff_lzw")
    path.write_bytes(path.read_bytes()[:-150])
    pictures(path)
    assert capfd.readouterr() == ("", "")
