"""Sockets of the media port, the parsers that face the network there, and one connection per peer:
ICE-lite, DTLS and SRTP. Plain packets go in and out of ``Transport``.

The only place that may import aiortc and pylibsrtp, and only in functions or in files that are
loaded with the first transport: a server without relayed media does without their memory.
Never imports forwarding, negotiation or session.
"""
