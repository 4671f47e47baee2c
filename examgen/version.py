"""The version of examgen, where keys and papers read it as well as the command line."""

__version__ = "0.1.0"
