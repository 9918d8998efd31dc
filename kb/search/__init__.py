"""Pages into Whoosh, and words into the rows and sections that answer."""
