"""A room at rest: its name, when it was used last, who may enter, and what waits for an answer.
Knows no live meeting and no aiohttp."""
