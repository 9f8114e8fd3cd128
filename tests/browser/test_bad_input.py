"""What people type by mistake or with bad intent, and a server that is full: each ends in a clear
sentence for that person only."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import House, OpenHouse, Person
from tests.support.process import ServerProcess

HOSTILE = "<img src=x onerror=alert(1)>"
RIGHT_TO_LEFT_OVERRIDE = "\u202e"


async def test_a_name_is_needed_and_can_be_too_long(house: House) -> None:
    ada = await house.visitor("Ada")
    await ada.button("Join").click()
    await expect(ada.alert).to_contain_text("Write your name")
    await expect(ada.textbox("Your name")).to_be_focused()
    await ada.textbox("Your name").fill("x" * 2_000)
    await ada.button("Join").click()
    await expect(ada.alert).to_contain_text("at most 64 characters")
    await ada.textbox("Your name").fill(RIGHT_TO_LEFT_OVERRIDE)
    await ada.button("Join").click()
    await expect(ada.alert).to_contain_text("Write your name")
    await ada.join()


async def test_hostile_names_and_words_are_text(house: House) -> None:
    ada = await house.guest("Ada")
    mallory = await house.visitor(HOSTILE)
    await mallory.textbox("Your name").fill(f"{RIGHT_TO_LEFT_OVERRIDE}{HOSTILE}")
    await mallory.button("Join").click()
    await expect(ada.tile(HOSTILE)).to_be_visible()
    await mallory.say("<script>alert(1)</script><b>bold</b>")
    await ada.reads("<script>alert(1)</script><b>bold</b>")
    await expect(ada.page.locator("img, b, main script")).to_have_count(0)


async def test_a_new_name_is_checked_before_it_is_sent(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob")
    await ada.button("Settings").click()
    field = ada.textbox("Your name")
    await field.fill("x" * 65)
    await field.press("Enter")
    await expect(ada.alert).to_contain_text("at most 64 characters")
    await field.fill("")
    await field.press("Enter")
    await expect(ada.alert).to_contain_text("Write your name")
    await field.fill("Ada Lovelace")
    await field.press("Enter")
    await expect(bob.tile("Ada Lovelace")).to_be_visible()
    await expect(ada.alert).to_have_count(0)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("admin", "uses this name itself"),
        ("ASSETS", "uses this name itself"),
        ("a/b", "digits, - and _ only"),
        ("", "digits, - and _ only"),
        ("x" * 200, "at most 64 characters"),
    ],
)
async def test_wrong_room_names_are_told_on_the_start_page(
    house: House, written: str, sentence: str
) -> None:
    # A browser notes the status of the page as an error.
    house.forgiven += ["400 (", "409 ("]
    ada = await house.visitor("Ada", room="")
    await ada.textbox("Room name").fill(written)
    await ada.button("Go").click()
    await expect(ada.alert).to_contain_text(sentence)
    await expect(ada.textbox("Room name")).to_have_value(written)
    await ada.textbox("Room name").fill("kitchen")
    await ada.button("Go").click()
    await expect(ada.button("Join")).to_be_visible()


async def test_a_full_room_says_so_and_has_a_place_later(open_house: OpenHouse) -> None:
    house = await open_house(MEETD_ROOMS_PARTICIPANT_LIMIT="2")
    ada = await house.guest("Ada")
    bob = await house.guest("Bob")
    carol = await house.visitor("Carol")
    await carol.textbox("Your name").fill("Carol")
    await carol.button("Join").click()
    await expect(carol.alert).to_contain_text("The room is full: 2 people fit. Try again when")
    await ada.sees("Bob")
    await bob.button("Leave").click()
    await expect(ada.tile("Bob")).to_have_count(0)
    await carol.join()
    await ada.sees("Carol")


async def test_a_full_disk_while_chatting(open_house: OpenHouse, tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "data")
    server = ServerProcess(disk.folder, through=disk.through())
    house = await open_house(server)
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await ada.say("before")
    disk.fill(server.pid)
    await send(ada, "while the disk is full")
    refused = ada.region("Chat").get_by_role("alert")
    await expect(refused).to_contain_text("Not sent. The server's disk is full")
    await ada.textbox("Message").fill("a draft")
    await bob.button("Raise hand").click()
    await expect(ada.tile("Bob").get_by_text("Hand raised, number 1")).to_have_count(1)
    await expect(bob.messages.get_by_text("while the disk is full")).to_have_count(0)
    carol = await house.visitor("Carol", room="another-room")
    await carol.textbox("Your name").fill("Carol")
    await carol.button("Join").click()
    await expect(carol.alert).to_contain_text("disk is full")
    disk.empty(server.pid)
    await ada.button("Try again").click()
    await bob.reads("while the disk is full")
    await ada.reads("while the disk is full")
    await expect(refused).to_have_count(0)
    await expect(ada.textbox("Message")).to_have_value("a draft")
    await carol.join()


async def send(person: Person, text: str) -> None:
    await person.textbox("Message").fill(text)
    await person.button("Send").click()


class SmallDisk:
    """A file system of a few MiB that only the server sees: in a mount namespace of its own, so
    that nothing is left behind on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._namespace = ["unshare", "--mount"]
        if os.geteuid() != 0:
            self._namespace = ["unshare", "--user", "--map-root-user", "--mount"]

    def through(self) -> list[str]:
        """The command that makes the disk, copies what is prepared onto it, and runs the rest."""
        mount = 'mount -t tmpfs -o size=8m,mode=700 small "$1"'
        if not self._works(mount):
            pytest.skip("no mount namespace can be had here, so there is no small disk to fill")
        steps = f'cp -a "$1" "$1.kept" && {mount} && cp -a "$1.kept/." "$1" && shift && exec "$@"'
        return [*self._namespace, "sh", "-c", steps, "sh", str(self.folder)]

    def _works(self, mount: str) -> bool:
        if shutil.which("unshare") is None:
            return False
        self.folder.mkdir(mode=0o700, exist_ok=True)
        attempt = [*self._namespace, "sh", "-c", mount, "sh", str(self.folder)]
        return subprocess.run(attempt, capture_output=True, check=False).returncode == 0  # noqa: S603

    def fill(self, pid: int) -> None:
        filler = self._filler(pid)
        with filler.open("wb", buffering=0) as file:
            while shutil.disk_usage(filler.parent).free > 0:
                with suppress(OSError):  # the server may take the last page first
                    file.write(bytes(4_096))

    def empty(self, pid: int) -> None:
        self._filler(pid).unlink()

    def _filler(self, pid: int) -> Path:
        """The disk as that process sees it."""
        return Path(f"/proc/{pid}/root{self.folder}/filler")
