"""Programs that are not Python's."""

import os
import shutil


def find_program(name: str) -> str | None:
    """Its whole path. ip and nft live in /usr/sbin, which is not on everybody's PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
