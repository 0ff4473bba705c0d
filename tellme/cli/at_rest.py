"""``tellme list`` where no ``tellme serve`` runs: no bot of ours can run then, so no host is opened to ask for them."""

from __future__ import annotations

import os

from tellme.model import BotSpec, BotState, BotStatus

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping


def list_bots(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print the bots, whoever has them. Raises ``TellmeError``."""
    from tellme.host import endpoint
    from tellme.host.catalogue import load
    from tellme.paths import Paths
    from tellme.surfaces import listing, output

    paths = Paths.find(environ)
    server = endpoint.connect(paths)
    if server is not None:
        os.close(server)
        from tellme.surfaces.commands import list_bots as carry_out

        return carry_out(environ, as_json=as_json)
    catalogue = load(paths)
    for problem in catalogue.problems:
        output.note(str(problem))
    bots = [_idle(spec) for spec in catalogue.bots.values()]
    output.write(listing.bots_json(bots) if as_json else listing.bots_table(bots, rich=output.is_drawable()))
    return 0


def _idle(spec: BotSpec) -> BotStatus:
    return BotStatus(spec.name, spec.id, spec.kind, BotState.IDLE, None, None, 0, None, None, spec.description)
