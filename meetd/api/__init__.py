"""The JSON door, and what operators and their machines ask: alive, ready, figures.

Never imports ``signaling`` or ``pages``.
"""
