"""From an event to its passes, verdicts and findings: what `detect` does, without Lambda around it."""
