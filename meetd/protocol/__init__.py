"""Every message of the signaling WebSocket, one module per feature, and the codec.

Commands go from the page to the server, are imperative and refuse unknown fields. Events go from
the server to the page, are past tense; a page tolerates fields it does not know. The README beside
this file and ``web/src/protocol/generated.ts`` are written from these types by
``scripts/generate_protocol``. Imports neither aiohttp nor storage.
"""
