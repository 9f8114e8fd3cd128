"""Who gets which packet, with which numbers: the middle of the SFU, without I/O or a clock.

A packet goes one way: ``Publisher.on_rtp`` -> ``Layer`` (ring, losses) -> ``Track`` ->
``fanout.send`` -> the ``Wire`` of each subscriber. It is parsed once, copied once into the shape of
``rtp.canonical``, and its head rewritten in place for each receiver. What arrived together gathers
in its layer and leaves together, one receiver after the other.

Time is an argument everywhere: seconds as float, of any clock that only grows. What leaves goes
through ``Wire``, given to each constructor; nothing is returned and nothing awaited. Imports
``relay.rtp`` and ``core``; never meets ``relay.transport``.
"""
