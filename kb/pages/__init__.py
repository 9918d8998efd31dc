"""Bytes of Markdown to typed pages, and what is wrong with them."""
