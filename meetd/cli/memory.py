"""What the process does without (60 MiB idle): a heap for each thread, what only imports need, and
what only the start needed. The figures are measured."""

import ctypes
import gc
import mimetypes
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_M_ARENA_MAX: Final = -8
"""Of mallopt(3)."""


def share_one_heap() -> None:
    """Between all threads, which take turns anyway: a heap for each costs about 0.5 MiB. To be
    called before there are any."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc only
        libc.mallopt(_M_ARENA_MAX, 1)


@contextmanager
def bare_imports() -> Iterator[None]:
    """aiohttp reads every certificate authority of the machine as it is imported, 2.3 MiB, and the
    machine's list of kinds of files, 0.4 MiB; here it finds none. ``Outgoing`` reads the
    authorities when something is sent; of what kind a file is meetd says itself."""
    files, mimetypes.knownfiles = mimetypes.knownfiles, []
    paths = ssl.get_default_verify_paths()
    names = (paths.openssl_cafile_env, paths.openssl_capath_env)
    before = {name: os.environ[name] for name in names if name in os.environ}
    os.environ.update(dict.fromkeys(names, os.devnull))
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]
        os.environ.update(before)
        mimetypes.knownfiles = files


def give_back() -> None:
    """What only the start needed. Modules and code live for ever: freezing spares every later
    collection the walk over them, and trimming returns about 3 MiB to the system."""
    gc.collect()
    gc.freeze()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc only
        libc.malloc_trim(0)
