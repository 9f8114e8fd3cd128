"""What the server spares at its start."""

import asyncio
import json
import os
import sys

_LOOK = """
import json, os, sys
from meetd.cli import parser_of
from meetd.cli.memory import bare_imports
with bare_imports():
    from aiohttp import connector
parser_of(["serve"])
commands = sorted(name for name in sys.modules if name.startswith("meetd.cli."))
authorities = len(connector._SSL_CONTEXT_VERIFIED.get_ca_certs())
print(json.dumps([authorities, os.environ["SSL_CERT_FILE"], commands]))
"""


async def test_what_nobody_asked_for_is_not_in_memory() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _LOOK),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"SSL_CERT_FILE": "/etc/some.pem"},
    )
    out, _ = await process.communicate()
    authorities, configured, commands = json.loads(out)
    assert authorities == 0
    assert configured == "/etc/some.pem"
    assert commands == ["meetd.cli.memory", "meetd.cli.options", "meetd.cli.serve"]
