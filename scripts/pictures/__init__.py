"""The pictures in docs/images: the real page and server, with drawn people as cameras."""
