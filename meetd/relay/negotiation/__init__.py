"""Session descriptions (RFC 8866), as far as Chromium, Firefox and Safari need them to send to this
server and to receive from it.

Reads the little that matters, writes the least that browsers take. What a page says is hostile:
whatever cannot be used raises ValueError and nothing else, and no size is the page's choice.
Imports ``relay.forwarding`` and ``relay.transport`` for their terms; never does any I/O.
"""
