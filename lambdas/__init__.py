"""The Lambda entry points, each thin: parse, call the domain, answer."""
