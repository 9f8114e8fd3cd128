"""Everything that the server does by itself, put together: jobs, their schedule, the alarm."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.lifecycle.alarm import Alarm
from meetd.lifecycle.figures import job_figures
from meetd.lifecycle.job import Facts, Job, JobFailed
from meetd.lifecycle.places import places_of
from meetd.lifecycle.purge import Purge
from meetd.lifecycle.recovery import make_recovery_key
from meetd.lifecycle.scheduler import Scheduler
from meetd.lifecycle.store import DAY, LedgerStore, TombstoneStore
from meetd.lifecycle.tidying import Tidying
from meetd.lifecycle.working import Working
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.master_key import rotate_master_key
from meetd.storage.vault import Vault


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
    ) -> None:
        """``give_notices``: returns how many were told that their account ends, and how many could
        not be. ``sweep_keys``: see ``Tidying``."""
        self.purge = purge
        self._give_notices = give_notices
        self._settings = settings
        self._directory = directory
        self._vault = vault
        backup, copies = settings.backup, directory.before_migration
        self.working = Working(settings, directory.path)
        self.alarm = Alarm(
            directory.path, places_of(backup, directory.path), clock, backup.alarm_hours
        )
        tidying = Tidying(tombstones, databases, copies, clock, backup.keep_days, sweep_keys)
        tolerance = settings.jobs.clock_tolerance_days * DAY
        self.scheduler = Scheduler(ledger, self._jobs(tidying), clock, tolerance)

    async def open(self) -> None:
        """Raises: StorageFailed, OSError."""
        await make_recovery_key(self._vault)
        await self.alarm.load()
        await self.scheduler.open()

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
            Job("rotate_master_key", "", self._rotate_master_key),
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

    async def _rotate_master_key(self) -> Facts:
        """Raises: JobFailed."""
        configured = self._settings.storage.master_key_file
        try:
            count = await rotate_master_key(self._vault, self._directory, configured)
        except StorageError as error:
            raise JobFailed(str(error)) from error
        return {"keys": count}
