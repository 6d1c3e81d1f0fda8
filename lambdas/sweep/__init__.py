"""Does what is due, sweeps, judges again, and watches the guard: schedule and queues -> this function."""
