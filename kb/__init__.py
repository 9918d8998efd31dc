"""The knowledge base and onboarding command line of a recording studio."""
