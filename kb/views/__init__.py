"""Results as text for a terminal, or as JSON; the only place where foreign text is printed."""
