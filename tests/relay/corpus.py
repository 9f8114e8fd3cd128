"""Packets that once mattered, one file per parser: name, a space, hex; lines from ``#`` are
remarks. What a fuzzer finds is added there and stays."""

from pathlib import Path

FOLDER = Path(__file__).with_name("corpora")


def corpus(parser: str) -> dict[str, bytes]:
    lines = (FOLDER / f"{parser}.txt").read_text().splitlines()
    rows = [line.split(" ", 1) for line in lines if line and line[0] != "#"]
    return {name: bytes.fromhex(digits) for name, digits in rows}


def packets(parser: str) -> list[bytes]:
    return list(corpus(parser).values())
