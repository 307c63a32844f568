"""The ``gonogo`` command: one file per room, each through the SDK, each loaded only when it is asked for."""
