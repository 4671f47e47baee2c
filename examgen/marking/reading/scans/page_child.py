"""The other process that draws the pages of a PDF, for `page_drawing`: a script that imports nothing of ours.

It is given one file, by its path or its bytes, and writes page after page: a line of JSON with width and height, 0 for
a page that cannot be drawn, and as many bytes of grey. What a page may ask for is bounded by the memory of this process
and by the patience of who reads.
"""

import json
import sys
from contextlib import suppress

MAX_MEMORY = 2 * 1024**3
POINTS = 72.0


def main(packages: list[str]) -> None:
    sys.path += packages
    _bound()
    import numpy  # noqa: F401  # before the first page, whose time it would take
    import pypdfium2

    given, out = sys.stdin.buffer, sys.stdout.buffer
    request = json.loads(given.readline())
    try:
        document = pypdfium2.PdfDocument(request["path"] or given.read(request["bytes"]))
        count = len(document)
    except pypdfium2.PdfiumError as error:
        _say({"fault": str(error)[:200]})
        return
    _say({"pages": count})
    if count > request["most"]:
        return
    for place in range(count):
        try:
            page = document[place]
            longest = max(*page.get_size(), 1.0)
            scale = min(request["dots"] / POINTS, request["pixels"] / longest)
            bitmap = page.render(scale=scale, grayscale=True)
            grey = bitmap.to_numpy()
            data = (grey if grey.ndim == 2 else grey[..., 0]).tobytes()
            height, width = grey.shape[:2]
            bitmap.close()
            page.close()
        except (pypdfium2.PdfiumError, ValueError, MemoryError):
            width, height, data = 0, 0, b""
        _say({"width": width, "height": height})
        out.write(data)
        out.flush()


def _bound() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _say(reply: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(reply).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
