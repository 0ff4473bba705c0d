"""A little Textual app with all that tellme's app has around it: guard, driver and signals.

``stubborn`` takes no notice of a signal but to say so; ``impatient`` makes it wait a second for its end, not ten.
"""

import asyncio
import sys
from typing import ClassVar

from tellme.tui.terminal import guard


async def main(watching: guard.Guard) -> int:
    from textual.app import App, ComposeResult
    from textual.binding import Binding
    from textual.widgets import Input, Static

    from tellme.tui.terminal import signals
    from tellme.tui.terminal.driver import guarded_by

    class LittleApp(App[None]):
        BINDINGS: ClassVar = [Binding("ctrl+z", "suspend_process", "Suspend", id="app.suspend", priority=True)]

        def compose(self) -> ComposeResult:
            yield Static("a picture")
            yield Input(placeholder="type here")

    app = LittleApp(driver_class=guarded_by(watching))

    def on_signal(number: int) -> None:
        if "stubborn" in sys.argv:
            print("not yet", file=sys.__stdout__, flush=True)
        else:
            app.exit(return_code=128 + number)

    if "impatient" in sys.argv:
        signals.PATIENCE_S = 1
    with signals.until_signalled(on_signal):
        await app.run_async()
    return app.return_code or 0


if __name__ == "__main__":
    watching = guard.start()
    try:
        code = asyncio.run(main(watching))
    finally:
        watching.release()
    sys.exit(code)
