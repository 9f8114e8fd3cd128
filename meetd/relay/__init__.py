"""The media port: it tells browsers their public address (STUN), so that they ask nobody else.
The SFU that relays when a direct path cannot be had grows here and will share the same port:
``rtp`` (packets as bytes) and ``forwarding`` (who gets which) are pure, ``transport`` owns the
sockets, and ``forwarding`` and ``transport`` never meet.

Never imports lobby, chat or content.
"""
