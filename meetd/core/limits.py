"""How often somebody may do something: token buckets. Time is an argument; nothing here reads a
clock."""

from collections import OrderedDict


class Bucket:
    """Allows ``burst`` acts at once and ``rate`` per second after that."""

    __slots__ = ("_burst", "_filled_at", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled_at = now

    def take(self, now: float, tokens: float = 1.0) -> float:
        """Take tokens, at most ``burst``. Returns 0.0 when they were there, else the seconds until
        they will be."""
        left = self._tokens + (now - self._filled_at) * self._rate
        if left > self._burst:  # noqa: PLR1730 - one is asked for each packet of media
            left = self._burst
        self._filled_at = now
        if left >= tokens:
            self._tokens = left - tokens
            return 0.0
        self._tokens = left
        return (tokens - left) / self._rate

    def left(self, now: float) -> float:
        """Tokens that are there."""
        return min(self._burst, self._tokens + (now - self._filled_at) * self._rate)

    def change(self, rate: float, burst: float, now: float) -> None:
        """From now on. What is there stays there, as far as it fits."""
        self.take(now, 0)
        self._rate, self._burst = rate, burst
        self._tokens = min(burst, self._tokens)

    def put_back(self, tokens: float = 1.0) -> None:
        """What was taken was not used."""
        self._tokens = min(self._burst, self._tokens + tokens)


class Buckets:
    """One bucket per key. Memory is bounded: the longest unused keys are forgotten first."""

    def __init__(self, rate: float, burst: float, max_keys: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now: float, tokens: float = 1.0) -> float:
        """As ``Bucket.take``, for that key."""
        bucket = self._buckets.pop(key, None) or Bucket(self._rate, self._burst, now)
        self._buckets[key] = bucket
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return bucket.take(now, tokens)

    def put_back(self, key: str) -> None:
        """As ``Bucket.put_back``, for that key."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket.put_back()
