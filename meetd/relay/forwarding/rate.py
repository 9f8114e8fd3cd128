"""How much came lately."""

from typing import Final

_BUCKETS: Final = 10
_BUCKET_SECONDS: Final = 0.1


class RateMeter:
    """Bits per second over the last second, in ten buckets. Costs no memory per packet."""

    __slots__ = ("_bucket", "_bytes", "_first", "last")

    def __init__(self) -> None:
        self._bytes = [0] * _BUCKETS
        self._bucket = 0
        self._first = 0
        self.last = float("-inf")

    def add(self, size: int, now: float) -> None:
        self._move(now)
        self._bytes[self._bucket % _BUCKETS] += size
        self.last = now

    def bitrate(self, now: float) -> int:
        """In bit/s. In the first second: over the time there was, half a second at least, because
        a stream begins with a key frame."""
        self._move(now)
        seconds = (self._bucket - self._first + 1) * _BUCKET_SECONDS
        return int(sum(self._bytes) * 8 / min(1.0, max(0.5, seconds)))

    def _move(self, now: float) -> None:
        bucket = int(now / _BUCKET_SECONDS)
        if bucket == self._bucket:
            return
        if bucket - self._bucket >= _BUCKETS:
            self._bytes = [0] * _BUCKETS
            self._first = bucket
        else:
            for passed in range(self._bucket + 1, bucket + 1):
                self._bytes[passed % _BUCKETS] = 0
        self._bucket = bucket
