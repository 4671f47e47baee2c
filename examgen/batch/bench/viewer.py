"""Opens a file with the viewer of the system, where there is one; `previewing` calls it.

Not `webbrowser`, nor what falls back on it: on a machine without a screen it would show a browser of text in the
author's terminal.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread


def is_shown(path: Path) -> bool:
    """Start the viewer, and say whether there is one; nothing waits for it, and nothing of it is an error."""
    if sys.platform == "win32":
        try:
            os.startfile(path)
        except OSError:
            return False
        return True
    command = _command()
    if command is None:
        return False
    try:
        # In a session of its own: Ctrl+C ends the command, and the viewer stays.
        viewer = subprocess.Popen(
            [command, str(path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    # Somebody has to wait for it, or what is left of it would stand in the system's table until the end of the watch.
    Thread(target=viewer.wait, daemon=True).start()
    return True


def _command() -> str | None:
    """The system's own command that opens a file; None where there is none, or no screen."""
    if sys.platform == "darwin":
        return shutil.which("open")
    has_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return shutil.which("xdg-open") if has_screen else None
