"""Options that commands share, and settings from them."""

import argparse
import os
from pathlib import Path
from typing import Any

from meetd.config.loading import DEFAULT_FILES, ConfigError, load_settings
from meetd.config.settings import Settings


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """``--config`` and ``--data``: every command takes them."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"configuration file, TOML (default: {DEFAULT_FILES[0]}, if it is there)",
    )
    parser.add_argument(
        "--data", metavar="DIR", help="data directory (default: ~/.local/share/meetd)"
    )


def settings_from(options: argparse.Namespace) -> Settings:
    """Defaults, file, environment, and what was typed. Raises: ConfigError."""
    typed: dict[tuple[str, str], tuple[str, Any]] = {}
    for name, (section, key) in _TYPED.items():
        value = getattr(options, name, None)
        if value is not None:
            typed[section, key] = (f"--{name.replace('_', '-')}", value)
    return load_settings(options.config, os.environ, typed)


def data_directory(settings: Settings) -> Path:
    """Where data is kept: the setting, or the user's own data folder (XDG base directories).

    Raises: ConfigError when there is no such home, or the path is none.
    """
    data = settings.storage.data
    try:
        if data:
            return Path(data).expanduser().resolve()
        base = os.environ.get("XDG_DATA_HOME", "")
        # The specification: a relative path there is invalid and to be ignored.
        home = Path(base) if base.startswith("/") else Path.home() / ".local" / "share"
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"[storage] data = {data!r} is wrong: {error}. Name a folder, such as /var/lib/meetd."
        ) from error
    return home / "meetd"


_TYPED = {
    "data": ("storage", "data"),
    "host": ("server", "host"),
    "port": ("server", "port"),
    "media_port": ("media", "port"),
    "public_url": ("server", "public_url"),
    "tls": ("server", "tls"),
}
