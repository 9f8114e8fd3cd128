"""Sockets of the media port, and the parsers that face the network there."""
