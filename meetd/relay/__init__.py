"""The media port tells browsers their public address (STUN), so that they ask nobody else, and is
the way of media that is relayed when a direct path cannot be had.

Never imports lobby, chat or content.
"""
