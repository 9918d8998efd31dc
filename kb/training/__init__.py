"""The rules over pages and events: who has done what, and what is asked of them again."""
