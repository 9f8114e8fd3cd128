"""RTP and RTCP as bytes: parse, rewrite in place, write. Plain functions without I/O or a clock.

Whatever is not well formed raises ValueError and nothing else. Frames are end-to-end encrypted:
nothing here reads further into a payload than the descriptor and the clear bytes of VP8.
Imports nothing of relay.
"""
