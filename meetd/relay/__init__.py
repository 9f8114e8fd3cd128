"""The media port tells browsers their public address (STUN), so that they ask nobody else, and is
the way of media that is relayed when a direct path cannot be had: a minimal SFU that cannot read
what it forwards.

``rtp`` (packets as bytes) and ``forwarding`` (who gets which) are pure, ``transport`` owns the
sockets, ``negotiation`` reads and writes descriptions, and ``session`` ties them to meetings.
``forwarding`` and ``transport`` never meet.

Never imports lobby, chat or content.
"""
