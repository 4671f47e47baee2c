"""From banks and exam files to seeded, screened variants: notations, fields, and the formats of all files."""
