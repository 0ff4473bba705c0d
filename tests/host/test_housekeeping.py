"""The chores of a host: what was begun ends with it, and what was not is not there."""

from __future__ import annotations

import asyncio
import gc
import os

import pytest

from tellme.host.local import LocalHost
from tellme.host.open import open_host
from tellme.host.prepare import prepare


def test_a_host_that_ends_as_its_chores_begin_leaves_none_of_them(recwarn: pytest.WarningsRecorder) -> None:
    async def main() -> None:
        async with open_host(prepare(os.environ)) as host:
            assert isinstance(host, LocalHost)
            host._keep_house()

    asyncio.run(main())
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []
