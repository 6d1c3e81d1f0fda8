"""The report as a page of HTML: pure, from what was told of a run."""

from passrole.demo.report.page import render

__all__ = ["render"]
