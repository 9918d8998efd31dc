"""The doors: options in, one question to the studio, a view out."""
