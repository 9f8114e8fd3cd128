"""Everything that the server does by itself, put together: jobs, their schedule, the alarm."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.lifecycle.alarm import Alarm
from meetd.lifecycle.figures import job_figures
from meetd.lifecycle.job import Facts, Job, JobFailed
from meetd.lifecycle.places import places_of
from meetd.lifecycle.purge import Purge
from meetd.lifecycle.recovery import make_recovery_key
from meetd.lifecycle.room_keys import RoomKeys
from meetd.lifecycle.scheduler import Scheduler
from meetd.lifecycle.store import DAY, LedgerStore, TombstoneStore
from meetd.lifecycle.task import Step
from meetd.lifecycle.tidying import Tidying
from meetd.lifecycle.working import Working
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.master_key import rotate_master_key
from meetd.storage.vault import Vault

ROOM_KEYS: Final = "room_keys"
SECONDS_AT_ONCE: Final = 600.0
"""After which rooms whose keys change wait for other jobs."""


class Routine:
    """Of one server. ``open`` reads the ledger; ``scheduler`` begins and is closed by itself."""

    def __init__(
        self,
        *,
        settings: Settings,
        directory: DataDirectory,
        ledger: LedgerStore,
        tombstones: TombstoneStore,
        databases: Sequence[Database],
        vault: Vault,
        clock: Clock,
        purge: Purge,
        give_notices: Callable[[], Awaitable[tuple[int, int]]],
        sweep_keys: Callable[[], Awaitable[int]],
        room_keys: RoomKeys,
        watch_usage: Callable[[], Awaitable[Facts]],
        close_month: Callable[[], Awaitable[Facts]],
    ) -> None:
        """``give_notices``: returns how many were told that their account ends, and how many could
        not be. ``sweep_keys``: see ``Tidying``. ``watch_usage``, ``close_month``: as jobs."""
        self.purge = purge
        self.room_keys = room_keys
        self._sweep_keys = sweep_keys
        self._give_notices = give_notices
        self._watch_usage = watch_usage
        self._close_month = close_month
        self._settings = settings
        self._directory = directory
        self._vault = vault
        backup, copies = settings.backup, directory.before_migration
        self.working = Working(settings, directory.path)
        self.alarm = Alarm(
            directory.path, places_of(backup, directory.path), clock, backup.alarm_hours
        )
        tidying = Tidying(tombstones, databases, copies, clock, backup.keep_days, self._old_keys)
        tolerance = settings.jobs.clock_tolerance_days * DAY
        self.scheduler = Scheduler(ledger, self._jobs(tidying), clock, tolerance)

    async def open(self) -> None:
        """Raises: StorageFailed, OSError."""
        await make_recovery_key(self._vault)
        await self.alarm.load()
        await self.scheduler.open()
        if await self.room_keys.is_any_left():
            self.scheduler.start(ROOM_KEYS)

    async def change_room_key(self, room_id: str) -> bool:
        """A new key; what is there is sealed anew as soon as no other job runs. Returns whether
        there was anything to change. Raises: StorageFull, StorageFailed."""
        is_changed = await self.room_keys.change(room_id)
        if is_changed:
            self.scheduler.start(ROOM_KEYS)
        return is_changed

    @property
    def step(self) -> Step | None:
        """How far the job under way is."""
        return self.working.step or self.room_keys.step

    def figures(self) -> Mapping[str, tuple[str, Callable[[], float]]]:
        """For ``/metrics``."""
        return {
            "clock_in_doubt": (
                "1 while the clock jumped, and what is removed by age waits, but for what ran out.",
                lambda: self.scheduler.clock_in_doubt,
            ),
            "backup_age_seconds": (
                "Seconds since the last good backup; of a new server, since it began.",
                lambda: self.alarm.age / 1_000,
            ),
            "backup_alarm": (
                "1 when the last good backup is older than [backup] alarm_hours.",
                lambda: self.alarm.is_ringing,
            ),
            **job_figures(self.scheduler),
        }

    def _jobs(self, tidying: Tidying) -> list[Job]:
        return [
            Job("backup", self._settings.backup.cron, self._back_up),
            Job("backup_watch", "20 * * * *", self.alarm.look),
            Job("tidy", "35 * * * *", tidying.run, careful=True),
            Job("old_backups", "50 * * * *", self.working.prune, careful=True),
            Job("notices", "30 6 * * *", self._notices, careful=True),
            Job("purge", "5 * * * *", self.purge.run, careful=True),
            Job("usage_watch", "40 7 * * *", self._watch_usage),
            Job("usage_month", "15 7 1 * *", self._close_month, careful=True),
            Job("rotate_master_key", "", self._rotate_master_key),
            Job(ROOM_KEYS, "25 * * * *", self._seal_anew),
        ]

    async def _back_up(self) -> Facts:
        """A backup, and what the page says about it. Raises: JobFailed."""
        facts = await self.working.back_up()
        await self.alarm.look()
        return facts

    async def _notices(self) -> Facts:
        """Raises: JobFailed."""
        given, failed = await self._give_notices()
        if failed:
            raise JobFailed(
                f"{failed} people could not be told that their account ends, because the mail"
                " server did not take the mail. Look at [mail]; they are told within the hour, and"
                " their accounts stay until a week after that."
            )
        return {"told": given}

    async def _seal_anew(self) -> Facts:
        """For a while only: then other jobs have their turn. Raises: JobFailed."""
        facts = await self.room_keys.run(SECONDS_AT_ONCE)
        if facts["left"]:
            self.scheduler.start(ROOM_KEYS)
        return facts

    async def _old_keys(self) -> int:
        """Destroys keys of what is gone, and former keys that nothing needs any more."""
        return await self._sweep_keys() + await self.room_keys.destroy()

    async def _rotate_master_key(self) -> Facts:
        """Raises: JobFailed."""
        configured = self._settings.storage.master_key_file
        try:
            count = await rotate_master_key(self._vault, self._directory, configured)
        except StorageError as error:
            raise JobFailed(str(error)) from error
        return {"keys": count}
