"""The protocol, pure: bytes in, typed messages out, and back. No I/O."""
