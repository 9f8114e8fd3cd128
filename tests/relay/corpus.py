"""Packets that once mattered, and what becomes of them when bytes change. What a fuzzer finds is
added and stays.

Of small packets a file per parser (name, a space, hex; lines from ``#`` are remarks), of large ones
a folder per parser with a file of hex each.
"""

from pathlib import Path

from hypothesis import strategies as st

FOLDER = Path(__file__).with_name("corpora")


def corpus(parser: str) -> dict[str, bytes]:
    lines = (FOLDER / f"{parser}.txt").read_text().splitlines()
    rows = [line.split(" ", 1) for line in lines if line and line[0] != "#"]
    return {name: bytes.fromhex(digits) for name, digits in rows}


def packets(parser: str) -> list[bytes]:
    return list(corpus(parser).values())


def samples(kind: str) -> dict[str, bytes]:
    """By name. Fails when there are none: a corpus that got lost must not look like success."""
    found = {
        path.stem: bytes.fromhex(path.read_text()) for path in sorted((FOLDER / kind).glob("*.hex"))
    }
    assert found, f"no {kind} samples in {FOLDER}"
    return found


@st.composite
def damaged(draw: st.DrawFn, kind: str) -> bytes:
    """A kept packet with some bytes changed, cut short or longer."""
    packet = bytearray(draw(st.sampled_from(list(samples(kind).values()))))
    for _ in range(draw(st.integers(0, 4))):
        if packet:
            packet[draw(st.integers(0, len(packet) - 1))] = draw(st.integers(0, 255))
    kept = packet[: draw(st.integers(0, len(packet)))] if draw(st.booleans()) else packet
    return bytes(kept) + draw(st.binary(max_size=8))
