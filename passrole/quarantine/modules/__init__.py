"""The quarantine modules, one a kind of resource."""
