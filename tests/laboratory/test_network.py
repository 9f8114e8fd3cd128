"""The laboratory itself: what it forbids is forbidden, rough is rough, and nothing is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laboratory.commands import run
from tests.laboratory.conftest import Make
from tests.laboratory.echo import ask, echoing
from tests.laboratory.network import Laboratory, sweep
from tests.laboratory.rough_link import ROOT
from tests.relay.network.simulation import Conditions

_MAKE_AND_DIE = """
import os, signal
from tests.laboratory.network import laboratory
with laboratory() as made:
    made.place("ada")
    made.rough_place("carol")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_is_forbidden_does_not_arrive(lab: Laboratory) -> None:
    server, ada, bob = lab.place("server"), lab.place("ada"), lab.place("bob")
    with echoing(server), echoing(bob):
        assert len(ask(ada, bob).took) == len(ask(ada, server).took) == 20
        lab.forbid("direct")
        assert ask(ada, bob).took == []
        assert lab.dropped("direct") == 20
        assert len(ask(ada, server).took) == 20
        lab.forbid("direct", "udp")
        assert ask(ada, server).took == []
        lab.forbid()
        assert len(ask(ada, bob).took) == 20


def test_a_rough_link_loses_delays_and_holds_up(lab: Laboratory) -> None:
    server = lab.place("server")
    carol, link = lab.rough_place("carol")
    with echoing(server):
        assert len(ask(carol, server).took) == 20
        link.becomes(to_near=Conditions(delay=0.0, loss=0.2))
        assert 700 < len(ask(carol, server, 1_000).took) < 900
        link.becomes(Conditions(delay=0.1, jitter=0.2))
        late = ask(carol, server, 100)
        assert min(late.took) >= 100
        assert late.overtaken > 20
        link.becomes(Conditions(delay=0.0, rate=500_000, queue=0.2))
        # 100 of 1,000 bytes within 0.2 seconds: four times what fits, and half of it can wait.
        assert 20 < len(ask(carol, server, 100, 1_000).took) < 50
        link.becomes()
        assert len(ask(carol, server).took) == 20


@pytest.mark.usefixtures("lab")
def test_what_a_killed_run_left_is_swept() -> None:
    killed = subprocess.run([sys.executable, "-c", _MAKE_AND_DIE], check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    sweep()
    left = run("ip", "netns", "list")
    owners = {line.split("-")[2] for line in left.splitlines() if line.startswith("meetd-")}
    assert str(os.getpid()) in owners, "it swept what is in use"
    assert all(_is_alive(owner) for owner in owners)


def _is_alive(process: str) -> bool:
    return Path("/proc", process).exists()


def test_it_takes_down_what_runs_in_it(make_laboratory: Make) -> None:
    with make_laboratory() as made:
        command = [*made.place("ada").within, "sh", "-c", "echo; exec sleep 600"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
    with process:
        assert process.wait() == -signal.SIGKILL
