"""`python -m examgen`."""

from examgen.cli import app

if __name__ == "__main__":
    app(prog_name="examgen")
