"""Pages on which students fill bubbles: where everything stands on them, for who prints them and who reads them."""
