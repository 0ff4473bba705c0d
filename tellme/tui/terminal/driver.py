"""Textual's driver for Linux, made to keep three promises that it does not.

The app draws on stdout, and neither a terminal that is gone nor text that it cannot show stops the thread that draws.
Ctrl+Z stops whatever was started together with the app, and only where a shell can continue it. The guard knows when
the terminal is in the app's modes.
"""

from __future__ import annotations

import io
import os
import select
import signal
from typing import TYPE_CHECKING, Any, ClassVar

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from textual.app import App

    from tellme.tui.terminal.guard import Guard

_STDOUT = 1


class TerminalDriver(LinuxDriver):
    """See the module."""

    guard: ClassVar[Guard]

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = io.TextIOWrapper(io.BufferedWriter(_Screen()), "utf-8", "replace")

    @property
    def _is_reading(self) -> bool:
        return self._key_thread is not None and self._key_thread.is_alive()

    def write(self, data: str) -> None:
        """Write to the terminal; nothing comes of it while a shell has the terminal."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        # By the event loop, because what they do cannot be done in the middle of a write.
        self._loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
        self._loop.add_signal_handler(signal.SIGCONT, self._sigcont_application)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual does not say what it returns
        if self._is_reading:  # not in the background, where the shell keeps the terminal
            self.guard.arm()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        for number in (signal.SIGTSTP, signal.SIGCONT):
            self._loop.remove_signal_handler(number)
        self.write("\x1b]22;\a")  # the mouse's pointer may be a hand
        super().stop_application_mode()

    def close(self) -> None:
        """Write what is left to be written."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().close()
        self.guard.disarm()

    def _disable_mouse_support(self) -> None:
        if self._mouse_pixels:
            self.write("\x1b[?1016l")
        super()._disable_mouse_support()

    def _sigtstp_application(self, *_: object) -> None:
        """Stop until a shell continues us."""
        self.suspend_application_mode()
        self._must_signal_resume = True
        # As the terminal itself does: the whole group, because a shell waits for all of it, and by the signal that
        # the kernel ignores where there is no such shell (``xterm -e tellme``). Its action is the default one again.
        os.killpg(0, signal.SIGTSTP)
        self._take_again()

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again from whoever has used it since something stopped us without a word."""
        if self._app._exit:  # a window that is closed sends SIGCONT too, which may come when the app has ended
            return
        if self._is_reading:
            self.suspend_application_mode()
        self._take_again()

    def _take_again(self) -> None:
        self.resume_application_mode()
        self._app.call_later(self._app.refresh, layout=True)  # nothing of the picture is there any more


def guarded_by(guard: Guard) -> type[TerminalDriver]:
    """Return the driver of an app whose terminal this guard keeps."""
    return type("TerminalDriver", (TerminalDriver,), {"guard": guard})


class _Screen(io.RawIOBase):
    """The terminal at stdout, as a file that takes everything: where nobody is there, nobody misses anything."""

    def write(self, data: ReadableBuffer) -> int:
        rest = memoryview(data)
        size = len(rest)
        try:
            while rest:
                rest = rest[_write_some(rest) :]
        except OSError:
            pass
        return size

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return _STDOUT


def _write_some(data: memoryview) -> int:
    try:
        return os.write(_STDOUT, data)
    except BlockingIOError:  # another program that shares the terminal made it so
        select.select((), (_STDOUT,), ())
        return 0
