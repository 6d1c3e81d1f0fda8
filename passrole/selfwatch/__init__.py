"""The guard watches itself: which calls change a part of it or blind CloudTrail, and what is told of them."""

from passrole.selfwatch.decision import GuardChange, change_of
from passrole.selfwatch.deployments import Deployments, StackDeployments
from passrole.selfwatch.own import OwnAct, OwnResources
from passrole.selfwatch.silence import SilenceWatch
from passrole.selfwatch.watching import BusyFindingError, GuardWatch

__all__ = [
    "BusyFindingError",
    "Deployments",
    "GuardChange",
    "GuardWatch",
    "OwnAct",
    "OwnResources",
    "SilenceWatch",
    "StackDeployments",
    "change_of",
]
