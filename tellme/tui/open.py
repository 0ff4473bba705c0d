"""The way in: prepares what the app needs, runs it, and ends the host after the screen is the shell's again."""

from __future__ import annotations

import gc
from collections.abc import Mapping

from tellme.surfaces.light import import_asyncio
from tellme.tui.terminal import guard


def open_tui(environ: Mapping[str, str], *, start: str | None = None, resume: str | None = None) -> int:
    """Run the app until the person leaves and return the exit code.

    ``start`` opens a session with a bot first; ``resume`` goes on with a session (empty: the one used last). Raises
    ``TellmeError`` before the screen changes.
    """
    watching = guard.start()
    try:
        return _run(environ, start, resume, watching)
    finally:
        watching.release()


def _run(environ: Mapping[str, str], start: str | None, resume: str | None, watching: guard.Guard) -> int:
    from tellme.host.prepare import prepare

    prepared = prepare(environ, bot=start)
    gc.disable()  # until the first picture, where a collection would take 10 ms
    import_asyncio()
    import asyncio

    from tellme.tui.app import Opening, TellmeApp
    from tellme.tui.state import State
    from tellme.tui.terminal import keyboard
    from tellme.tui.terminal.driver import guarded_by
    from tellme.tui.terminal.signals import until_signalled

    keyboard.install()

    async def main() -> int:
        app = TellmeApp(
            prepared, prepared.catalogue.tui, State.read(prepared.paths.tui_state), environ, Opening(start, resume)
        )
        app.driver_class = guarded_by(watching)
        with until_signalled(app.end_by_signal):
            life = asyncio.create_task(app.host_life())
            try:
                await app.run_async(mouse=app.settings.mouse)
            finally:
                app.end_host_life()
                await life
        if app.failure is not None:
            raise app.failure
        return app.return_code or 0

    return asyncio.run(main())
