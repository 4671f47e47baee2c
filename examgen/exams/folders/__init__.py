"""Files and folders on the disk: written whole, held by one writer, and how those of an exam are called."""
