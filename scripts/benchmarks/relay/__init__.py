"""The relay under load beside two others: one publisher, N receivers, real ICE and DTLS-SRTP.

``peer`` is one connection of the load client, ``video`` what it sends, ``load`` the loop that sends
and receives; ``meetd``, ``janus`` and ``stock`` each start a server and seat peers in a room of it.
``measuring`` takes turns between them.
"""
