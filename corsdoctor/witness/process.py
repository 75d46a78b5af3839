"""A browser's process: found, started in a process group and a profile of its own, and ended whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any, Final

from corsdoctor.witness.browser import BrowserFailed

_MOST_LOG: Final = 64 * 1024
_TO_CLEAN_UP: Final = 5.0
"""How many seconds a process has to remove what it left outside its profile."""
_running: Final[set[Process]] = set()


def end_all() -> None:
    """Ends every browser that this Python process has started."""
    for process in tuple(_running):
        process.kill()


class Process:
    """A running browser with its temporary profile."""

    def __init__(
        self, command: Sequence[str], profile: Path, env: Mapping[str, str], *, gently: bool = False, **pipes: Any
    ) -> None:
        """Starts `command`. BrowserFailed if that cannot be done.

        With `gently`, the processes are asked to end before they are killed, because they have files outside `profile`.
        """
        self.profile, self._gently = profile, gently
        self._log = (profile / "log").open("wb")
        try:
            self._process = subprocess.Popen(
                command, stderr=self._log, env={**os.environ, **env}, start_new_session=True, **pipes
            )
        except OSError as e:
            self._log.close()
            raise BrowserFailed(f"{command[0]} cannot be started: {e.strerror or e}") from e
        _running.add(self)

    @property
    def stdin(self) -> IO[bytes]:
        """The pipe to it."""
        assert self._process.stdin is not None  # as asked for
        return self._process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """The pipe from it."""
        assert self._process.stdout is not None  # as asked for
        return self._process.stdout

    @property
    def ended(self) -> bool:
        """Whether the browser has ended."""
        return self._process.poll() is not None

    @property
    def log(self) -> str:
        """The end of what it wrote to standard error."""
        with suppress(OSError), (self.profile / "log").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _MOST_LOG))
            return file.read().decode("utf-8", "replace")
        return ""

    def kill(self) -> None:
        """Ends the whole process group, and does not wait for it. Nothing of the profile is kept, so nothing is to be saved."""
        self._signal(signal.SIGTERM if self._gently else signal.SIGKILL)

    def end(self) -> None:
        """Ends the whole process group, and frees what belongs to it."""
        self.kill()
        deadline = monotonic() + _TO_CLEAN_UP
        while self._gently and monotonic() < deadline and self._signal(0):
            self._process.poll()
            sleep(0.02)
        self._signal(signal.SIGKILL)
        self._process.wait()
        _running.discard(self)
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _signal(self, number: int) -> bool:
        """Sends a signal to the process group; whether there still is one."""
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True
