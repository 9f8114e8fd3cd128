"""The WebSocket door: who may connect, what arrives, which rule of a meeting it calls.

Never imports ``api`` or ``pages``.
"""
