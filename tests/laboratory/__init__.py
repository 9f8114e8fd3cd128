"""Networks of namespaces, for tests of what real networks do to a meeting: paths that are blocked,
cut, lossy, late or slow. Linux, as root; everything is taken down at the end.
"""
