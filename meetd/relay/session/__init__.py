"""Who sends to the relay and who receives from it: ties connections to forwarding, per meeting.

``Relay`` is the whole server's, ``RelayRoom`` one meeting's: all that meetings know of the relay.
Only ``relay`` and ``measured`` are imported before somebody is relayed.
A participant has at most one connection of each direction; what belongs to it ends with it.
Imports everything else of ``relay``, and the messages of ``protocol.relay``.
"""
