"""The guard and an account in memory, where any call of any process can be its last."""
