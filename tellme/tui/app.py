"""The app: themes, what is remembered, the host behind it, and how it ends. What is on screen is in ``screens/``."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.notifications import Notify
from textual.worker import WorkerFailed

from tellme import shell
from tellme.errors import TellmeError
from tellme.nearest import nearest
from tellme.tui import messages, themes
from tellme.tui.bot_history import BotHistory
from tellme.tui.bridge import Bridge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.screen import Screen
    from textual.widget import Widget

    from tellme.host.appearance import TuiSettings
    from tellme.host.prepare import Prepared
    from tellme.tui.state import State


MOST_NOTICES = 3
"""So many lie over the screen at a time; the next takes the place of the oldest."""


class Opening(NamedTuple):
    """Where the app opens: in a new session with a bot, in a past session (empty: the one used last), or in none."""

    start: str | None = None
    resume: str | None = None


class TellmeApp(App[None]):
    """See the module."""

    TITLE = "tellme"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False  # ours is opened by ``action_palette``, which imports it then
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-slim"), (100, "-wide")]  # noqa: RUF012  (as Textual has it)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (8, "-short"), (11, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", id="app.help"),
        Binding("ctrl+p", "palette", "Palette", id="app.palette", priority=True),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, id="app.suspend", priority=True),
        Binding("ctrl+c", "interrupt", "Copy or cancel", show=False, id="app.interrupt", system=True),
    ]

    def __init__(
        self, prepared: Prepared, settings: TuiSettings, state: State, environ: Mapping[str, str], opening: Opening
    ) -> None:
        super().__init__()
        self.bridge = Bridge(prepared, self._tell, start_bots=settings.start_bots)
        self.settings = settings
        self.state = state
        self.history = BotHistory()
        self.environ = environ
        self.opening = opening
        self.painted = asyncio.Event()
        """Set when the screen has been drawn once: the host is opened after it."""
        self.has_focus_outside = False
        """Does another window of the terminal have the focus?"""
        self._early: list[events.Key | events.Paste] | None = []
        """What was typed before it could be taken; ``None`` once all of the screen is there."""
        self._takes_typing = False
        self._when_complete: Callable[[], None] = lambda: None
        self._suspended_at: float | None = None
        """When the program was stopped, on the monotonic clock."""
        for theme in themes.OWN:
            self.register_theme(theme)
        wanted = (settings.theme, state.theme)
        self.theme = next((name for name in wanted if name in self.available_themes), None) or themes.DARK.name
        self.set_keymap(dict(settings.keys))

    # Life ---------------------------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        from tellme.tui.screens.chat import ChatScreen  # which needs this class

        return ChatScreen()

    async def on_event(self, event: events.Event) -> None:
        if self._early is None or not isinstance(event, (events.Key, events.Paste)):
            return await super().on_event(event)
        if self._early or not (self._takes_typing and _is_typing(event)):
            return self._early.append(event)
        return await super().on_event(event)

    def take_typing(self, prompt: Widget) -> None:
        """The prompt is there: give it what was typed before it was, because people are quicker than any screen."""
        self._takes_typing = True
        early = self._early or []
        typed = list(itertools.takewhile(_is_typing, early))
        del early[: len(typed)]
        for event in typed:
            prompt._forward_event(event)  # past the app's queue, so that the first picture has it

    def be_complete(self) -> None:
        """All of the screen is there: every key counts, and the host can be opened."""
        early, self._early = self._early or [], None
        for event in early:
            self.post_message(event)
        gc.freeze()  # what there is by now stays: looking through it again and again takes 20 ms each time
        gc.enable()
        self.painted.set()
        self._when_complete()

    def _tell(self, message: Message) -> None:
        """Pass the host's news to the first screen, which shows them whatever covers it."""
        if self.is_running and self.screen_stack:
            self.screen_stack[0].post_message(message)

    def on_mount(self) -> None:
        self.app_suspend_signal.subscribe(self, self._on_suspend)
        self.app_resume_signal.subscribe(self, self._on_resume)
        self.call_after_refresh(self._check_settings)

    def _check_settings(self) -> None:
        """Say what of the settings cannot be used; the app works without it."""
        if self.settings.keys:
            from tellme.tui.keys import unknown_keys

            for problem in unknown_keys(self.settings.keys):
                self.notify(problem, severity="warning", markup=False)
        wanted = self.settings.theme
        if wanted and wanted not in self.available_themes:
            hint = ", ".join(nearest(wanted, self.available_themes)) or themes.DARK.name
            problem = f"config.toml: [tui] theme: there is no theme {wanted!r}; how about {hint}?"
            self.notify(problem, severity="warning", markup=False)
        self.say_what_is_forgotten()

    def say_what_is_forgotten(self) -> None:
        """Say once why themes and drafts cannot be remembered, if so."""
        if self.state.problem:
            self.notify(self.state.problem, severity="warning", markup=False)
            self.state.problem = None

    def on_app_blur(self, event: events.AppBlur) -> None:
        self.has_focus_outside = True

    def on_app_focus(self, event: events.AppFocus) -> None:
        self.has_focus_outside = False

    def _on_suspend(self, _: App[None]) -> None:
        self._suspended_at = time.monotonic()

    def _on_resume(self, _: App[None]) -> None:
        """While the program was stopped nobody waited: the turns get that time back."""
        if self._suspended_at is None:  # stopped from outside, without a word
            return
        stopped_s = time.monotonic() - self._suspended_at
        self._suspended_at = None
        self.bridge.add_time(stopped_s)
        self._tell(messages.Resumed(stopped_s))

    def _handle_exception(self, error: Exception) -> None:
        """End the app by an error that nobody foresaw; ``open_tui`` raises it when the shell has the terminal again.

        What a worker could not do, because the disk is full or the host is gone, is only said.
        """
        if isinstance(error, WorkerFailed) and isinstance(error.error, TellmeError):
            self.notify(str(error.error), severity="warning", markup=False)
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    @property
    def failure(self) -> Exception | None:
        """The error that ended the app, if one did."""
        return self._exception

    async def host_life(self) -> None:
        """Open the host after the first paint and run it until ``end_host_life``."""
        await self.painted.wait()
        await self.bridge.run()

    def end_host_life(self) -> None:
        """Have the host end; one that was not opened yet never is."""
        self.bridge.close()
        self.painted.set()

    def end_by_signal(self, number: int) -> None:
        """Leave because of a signal, with the exit code that a shell expects; a picture under way is finished first."""
        leave = partial(self.exit, return_code=128 + number)
        if self._early is None:
            leave()
        else:
            self._when_complete = leave

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as it is printed on keyboards: ``F1``."""
        shown = super().get_key_display(binding)
        return shown.upper() if shown[:1] == "f" and shown[1:].isdecimal() else shown

    # Keys that work everywhere ------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show all keys and commands."""
        from tellme.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self._bots_commands()))

    def _bots_commands(self) -> Sequence[shell.Usage]:
        from tellme.tui.screens.chat import ChatScreen

        return next((screen.prompt.commands for screen in self.screen_stack if isinstance(screen, ChatScreen)), ())

    def action_palette(self) -> None:
        """Find any action by its name."""
        from tellme.tui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_interrupt(self) -> None:
        """End the turn under way, or take back what is typed; where there is neither, say how to leave."""
        from tellme.tui.screens.chat import ChatScreen

        screen = self.screen
        if not (isinstance(screen, ChatScreen) and (screen.cancel_turn() or screen.clear_prompt())):
            self.notify("Ctrl+Q leaves; nothing is lost when you do.", timeout=3)

    def _on_notify(self, event: Notify) -> None:
        """Show a notice for a while; the same one is there once, and no flood of them covers the screen."""
        others = [notice for notice in self._notifications if notice.message != event.notification.message]
        stay = others[1 - MOST_NOTICES :]
        for notice in [notice for notice in self._notifications if notice not in stay]:
            self._unnotify(notice, refresh=False)
        super()._on_notify(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy to the terminal's clipboard and the system's, and say so."""
        self.run_worker(self._copy(text), group="copy")

    async def _copy(self, text: str) -> None:
        from tellme.tui.terminal import clipboard

        self._clipboard = text
        self.notify(await clipboard.copy(self.write_to_terminal, text), timeout=3, markup=False)

    def write_to_terminal(self, sequence: str) -> None:
        """Write a control sequence past the screen."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def call_attention(self, title: str, body: str) -> None:
        """Ring and notify, if the person looks elsewhere and wants that."""
        if not self.has_focus_outside:
            return
        from tellme.tui.terminal import attention

        if self.settings.bell:
            self.bell()
        if self.settings.notify:
            self.write_to_terminal(attention.notice(self.environ, title, body))

    def watch_theme(self, theme: str) -> None:
        if self.is_running:
            self.state.remember_theme(theme)
            self.say_what_is_forgotten()


def _is_typing(event: events.Key | events.Paste) -> bool:
    return isinstance(event, events.Paste) or event.is_printable or event.key in ("enter", "backspace")
