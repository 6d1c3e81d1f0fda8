"""The report of an audit: one page of HTML that needs nothing else."""

from passrole.audit.report.about import About
from passrole.audit.report.page import page

__all__ = ["About", "page"]
