"""Opens the host: the one that a ``tellme serve`` runs, where there is one, else one of our own."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tellme.host.host import Host
    from tellme.host.prepare import Prepared


def open_host(prepared: Prepared) -> AbstractAsyncContextManager[Host]:
    """Return a block in which there is a host; what the block raises comes out as it is."""
    if prepared.remote is not None:
        from tellme.host.remote import remote_host

        return remote_host(prepared)
    from tellme.host.local import local_host

    return local_host(prepared)
