"""`examgen`, and `python -m examgen`."""


def main() -> None:
    """Run the command line."""
    # Here, and not above: the processes that make papers import this module, too, and no command line.
    from examgen.cli import app

    app(prog_name="examgen")


if __name__ == "__main__":
    main()
