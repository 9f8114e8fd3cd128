"""The HTML door: start page, room page, texts and error pages, rendered on the server (jinja2).

Everything but the room itself works without JavaScript. May import ``serving``, ``rooms``,
``accounts``, ``push``, ``calling``, ``images``, ``audit``, ``config`` and ``core``; of meetings
only the window (``meetings.window``), never chat or another door.
"""
