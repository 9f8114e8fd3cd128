"""A room at rest: its name, when it was used last. Knows no live meeting and no aiohttp."""
