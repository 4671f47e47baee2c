"""The public functions of the package, each of which is a command, too; `examgen` has them all."""
