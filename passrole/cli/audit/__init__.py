"""``passrole audit``."""
