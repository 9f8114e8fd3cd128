"""The HTML door: start page, room page, texts and error pages, rendered on the server (jinja2).

Everything but the room itself works without JavaScript. May import ``serving``, ``rooms``,
``accounts``, ``push``, ``calling``, ``config`` and ``core``; never a meeting, chat, or another
door.
"""
