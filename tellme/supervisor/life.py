"""One process of a bot from its greeting to its end: the link with it, its health, and the moment when it is lost.

The promise: whatever the process does, its loss is told once, and what was open on its link fails with the reason.
What follows is decided in ``bot.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tellme.model import BotSpec
from tellme.supervisor.acp_link import AcpLink
from tellme.supervisor.deadline import Deadline
from tellme.supervisor.health import Health, HealthCheck, Manners
from tellme.supervisor.lines_link import link_to
from tellme.supervisor.link import Died, Link, Refused
from tellme.supervisor.process import Process
from tellme.supervisor.throttle import Throttle

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.supervisor.grants.terminals import Start

MUTED_GRACE_S = 0.5
"""How long a bot may live on after its stdout was closed."""

STOPPED = "was stopped"
HUNG = "does not answer (health check)"

OnLost = Callable[[Link, str], None]
OnSpoke = Callable[[str, str], None]


class Life:
    """Made when the process runs; ``greet``, then ``attend`` until it has ended or should end."""

    def __init__(
        self,
        spec: BotSpec,
        process: Process,
        ending: asyncio.Future[str],
        is_asked: Callable[[], bool],
        on_lost: OnLost,
        on_spoke: OnSpoke,
        start: Start | None = None,
    ) -> None:
        """``ending`` is done when the process should end; its result says why. ``on_lost`` has to fail the link.
        ``start`` starts a command for a bot that is granted that.
        """
        self.process = process
        self.link: Link | None = None
        """For whoever has something to say, from the greeting until the loss."""
        self._spec = spec
        self._ending = ending
        self._on_lost = on_lost
        self.was_ready = False
        """Has it agreed on the protocol?"""
        self.has_left = False
        """Was its end, in order, the end of an answer?"""
        self._lost = False
        self._greeting = Deadline()
        self._talk = _link(spec, process, on_spoke, start)
        self._throttle = Throttle(process, self._talk.feed, is_asked)
        self._ended = asyncio.ensure_future(process.wait())
        for end in (self._ended, ending):
            end.add_done_callback(lambda _: self._lose(self._reason()))
        process.listen(self._throttle.take, self._muted)

    async def greet(self) -> Link | None:
        """Agree on the protocol. ``None``: the process did not live through it."""
        try:
            async with self._greeting.within(self._spec.timeout):
                await self._talk.initialize()
        except TimeoutError:
            self.process.kill(f"was not ready within {self._spec.timeout:g} s of its start{self._talk.doubt}")
        except Refused as refused:
            self.process.kill(refused.reason)
        except Died:
            pass
        else:
            self.link = self._talk
            self.was_ready = True
        return self.link

    async def attend(self, check: HealthCheck | None, manners: Manners, is_idle: Callable[[], bool]) -> None:
        """Wait until the process has ended or should end; see that it lives meanwhile."""
        health = None
        if check is not None and self._spec.protocol == "acp":
            health = Health(
                check,
                manners,
                signs=lambda: self._talk.heard + self._throttle.rests,
                is_idle=lambda: is_idle() and not self._throttle.is_resting,
                ask=self._talk.ping,
                on_hung=lambda: self.kill(HUNG),
            )
        try:
            await asyncio.wait((self._ended, self._ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.link = None
            if health is not None:
                health.close()

    @property
    def doubt(self) -> str:
        """What may be wrong with a program that does not answer in time; continues the sentence that says so."""
        return self._talk.doubt

    @property
    def has_ended(self) -> bool:
        return self._ended.done()

    def kill(self, reason: str) -> None:
        """End the process without grace. ``reason`` continues the bot's name."""
        self.process.kill(reason)
        self.take_link(reason)

    def take_link(self, reason: str) -> None:
        """Take the link from whoever has it, if the bot was greeted; the process is about to end."""
        if self.link is not None:
            self._lose(reason)

    def _lose(self, reason: str) -> None:
        if not self._lost:
            self._lost = True
            self.link = None
            self.has_left = self._is_in_order() and self._talk.leave(self._spec.name)
            self._on_lost(self._talk, reason)

    def _is_in_order(self) -> bool:
        end = self.process.exit
        return end is not None and end.code == 0 and end.reason is None and not self._ending.done()

    def close(self) -> None:
        """See that the loss is told; the process is gone."""
        self._lose(self._reason() if self._ended.done() else STOPPED)

    def add_time(self, seconds: float) -> None:
        """Give the greeting so much longer."""
        self._greeting.add_time(seconds)

    def _muted(self) -> None:
        """Its stdout is closed: it is about to end, or will never answer again."""

        def end() -> None:
            if not self._ended.done():
                self.process.kill("closed its stdout")

        asyncio.get_running_loop().call_later(MUTED_GRACE_S, end)

    def _reason(self) -> str:
        if self._ending.done() and not self._ending.cancelled():
            return self._ending.result()
        return STOPPED if self._ended.cancelled() else self._ended.result().describe()


def _link(spec: BotSpec, process: Process, on_spoke: OnSpoke, start: Start | None) -> Link:
    if spec.protocol == "lines":
        return link_to(process, spec.lines)
    return AcpLink(spec.name, process.write, process.log, on_spoke, spec.grants, start, process.drain)
