"""The sweep: lists the resources that exist and hold roles, and judges what no event told."""
