"""What the server spares at its start."""

import asyncio
import json
import os
import sys
from pathlib import Path

_LOOK = """
import json, mimetypes, os, sys
known = mimetypes.knownfiles = [sys.argv[1]]
from meetd.cli import parser_of
from meetd.cli.memory import bare_imports
with bare_imports():
    from aiohttp import connector, web_fileresponse
parser_of(["serve"])
commands = sorted(name for name in sys.modules if name.startswith("meetd.cli."))
authorities = len(connector._SSL_CONTEXT_VERIFIED.get_ca_certs())
kind, _ = web_fileresponse.CONTENT_TYPES.guess_type("some.thing")
found = [authorities, kind, os.environ["SSL_CERT_FILE"], mimetypes.knownfiles == known, commands]
print(json.dumps(found))
"""


async def test_what_nobody_asked_for_is_not_in_memory(tmp_path: Path) -> None:
    kinds = tmp_path / "mime.types"
    kinds.write_text("application/thing thing\n")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _LOOK, str(kinds)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"SSL_CERT_FILE": "/etc/some.pem"},
    )
    out, _ = await process.communicate()
    authorities, kind, configured, as_before, commands = json.loads(out)
    assert authorities == 0
    assert kind is None
    assert as_before
    assert configured == "/etc/some.pem"
    assert commands == ["meetd.cli.memory", "meetd.cli.options", "meetd.cli.serve"]
