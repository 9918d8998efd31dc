"""The trade's language: places, units, words and how people spell them."""
