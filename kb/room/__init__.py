"""The room as its pages tell it: mods, patch points, faults, and what is put together of them."""
