"""Packets that are kept, one file of hex each, and what becomes of them when bytes change."""

from pathlib import Path

from hypothesis import strategies as st

FOLDER = Path(__file__).with_name("corpora")


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
