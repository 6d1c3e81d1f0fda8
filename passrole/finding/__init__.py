"""Findings: what they are about, how grave they are, and what becomes of them."""

from passrole.finding.model import APPROVED_NOW, BEGUN, GUARD, NO_ACT, Change, Finding, News, State, Step

__all__ = ["APPROVED_NOW", "BEGUN", "GUARD", "NO_ACT", "Change", "Finding", "News", "State", "Step"]
