"""The media port. Today it tells browsers their public address (STUN), so that they ask nobody
else; the SFU that relays when a direct path cannot be had will share the same port.

Never imports lobby, chat or content.
"""
