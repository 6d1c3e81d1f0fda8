"""Stateful fakes of services that no emulator serves, held to botocore's models of them."""
