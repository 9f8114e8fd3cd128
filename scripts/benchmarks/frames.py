async def measure() -> list[tuple[str, str, str]]:
    return []
