"""The lobby: who knocks at a room or at a reception, and what hosts answer.

Knows rooms, accounts and who is connected; never imports ``chat``, ``relay`` or ``meetings``.
Entering the meeting afterwards is not its business: an admission is kept with the knock, and used
up by whoever knocked.
"""
