"""What a warden is told about the process that it is to run, and how that travels.

Like all that the spawner loads it does without ``typing``, ``json``, ``enum`` and ``functools``: together they take
longer than Python itself to start, and a person waits for both.
"""

from __future__ import annotations

import marshal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST_FORK = b"f"
"""Asks the spawner for a warden whose bot will run in a fork of the spawner, with the SDK loaded."""
REQUEST_EXEC = b"x"
"""Asks the spawner for a warden whose bot will be another program."""

LENGTH_BYTES = 4


class Launch:
    """All that is needed to run one process of a bot."""

    __slots__ = (
        "builtin",
        "command",
        "env",
        "folder",
        "keyring",
        "keyring_env",
        "log_max_bytes",
        "log_path",
        "memory_bytes",
        "name",
        "pty",
        "refused",
        "sandbox",
    )

    def __init__(
        self,
        name: str,
        command: tuple[str, ...],
        folder: str,
        env: Mapping[str, str],
        memory_bytes: int | None,
        log_path: str,
        log_max_bytes: int = 1024 * 1024,
        builtin: bool = False,
        keyring: tuple[str, ...] = (),
        keyring_env: Mapping[str, str] = {},
        sandbox: tuple[str, ...] = (),
        refused: str = "",
        pty: bool = False,
    ) -> None:
        self.name = name
        self.command = command
        """Program and arguments, no shell. A first word that ends in ``.py`` runs in our interpreter."""
        self.folder = folder
        """Absolute path of the working directory."""
        self.env = env
        """The complete environment; nothing of the host's is added."""
        self.memory_bytes = memory_bytes
        """The most that any process of the bot may hold resident; ``None`` means no limit."""
        self.log_path = log_path
        self.log_max_bytes = log_max_bytes
        """Size at which the log is rotated; twice as much may be on disk."""
        self.builtin = builtin
        """A script of tellme's own: forked from the spawner rather than started from nothing."""
        self.keyring = keyring
        """Names whose values are taken from the system's keyring, by the bot's own process before it is the bot."""
        self.keyring_env = keyring_env
        """The environment of whoever reads the keyring."""
        self.sandbox = sandbox
        """The program that runs the bot in a sandbox, and its arguments; empty for none."""
        self.refused = refused
        """Why it must not be started, where it must not."""
        self.pty = pty
        """On a pseudo-terminal of its own, its stderr too."""

    def changed(self, **fields: object) -> Launch:
        """Return one like this but for these fields."""
        return Launch(**{name: getattr(self, name) for name in self.__slots__} | fields)

    def pack(self) -> bytes:
        """Return it as bytes, their length first. ``marshal``, because both ends are one interpreter."""
        fields = {name: getattr(self, name) for name in self.__slots__} | {
            "env": dict(self.env),
            "keyring_env": dict(self.keyring_env),
        }
        body = marshal.dumps(fields)
        return len(body).to_bytes(LENGTH_BYTES, "big") + body

    @classmethod
    def unpack(cls, body: bytes) -> Launch:
        """Undo ``pack``, without the length."""
        return cls(**marshal.loads(body))
