"""Web Push (RFC 8030): notifications that reach a browser which is closed.

May import ``storage``, ``config`` and ``core``; knows accounts only by id, no page and no knock.
What goes out over HTTP is handed to whoever implements ``sending.Send``.
"""
