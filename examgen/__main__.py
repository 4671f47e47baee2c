"""`examgen`, and `python -m examgen`."""

import gc


def main() -> None:
    """Run the command line."""
    # Here, and not above: the processes that make papers import this module, too, and no command line.
    from examgen.cli import app

    try:
        app(prog_name="examgen")
    finally:
        # Python would look for garbage in all that was imported and made before it ends, for a third of a second.
        gc.freeze()


if __name__ == "__main__":
    main()
