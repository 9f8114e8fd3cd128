"""Tells hosts who are not there that somebody knocks, and takes their answer from afar.

May import ``accounts``, ``mail``, ``push``, ``storage``, ``config`` and ``core``. Knows no room and
no lobby: who keeps the knocks calls in here, and is asked back through ``call.Answerer``.
"""
