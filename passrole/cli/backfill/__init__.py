"""``passrole backfill``: after an outage, brings the guard the events that it missed."""
