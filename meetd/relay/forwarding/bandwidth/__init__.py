"""How much one subscriber's path takes, from what its feedback tells: delay, loss, probes.

After draft-ietf-rmcat-gcc-02, with what libwebrtc learned since: a trendline of delay in place of
the Kalman filter, and probes in place of waiting. Knows no packets and no tracks, only numbers.
"""
