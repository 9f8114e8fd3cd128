"""The relay under load beside Janus: one publisher, N receivers, real ICE and DTLS-SRTP.

``peer`` is one connection of the load client, ``sdp`` what it says of itself, ``video`` what it
sends, ``load`` the loop that sends and receives; ``meetd`` and ``janus`` each start a server and
seat peers in a room of it. ``measuring`` takes turns between them; ``stock`` is for the record.
"""
