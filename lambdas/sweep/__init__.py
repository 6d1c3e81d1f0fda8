"""Does what time brings, sweeps, judges again, and watches the guard: schedule and queues -> this function."""
