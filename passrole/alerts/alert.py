"""What a channel is asked to tell: one step of a finding's life."""

from dataclasses import dataclass

from passrole.finding import Finding, News, Step


@dataclass(frozen=True, slots=True)
class Alert:
    """One step of a finding, to be told.

    Attributes:
        finding: as it is now, which may be further on than ``step``.
        step: the news.
        repeat: an earlier delivery of the same news was begun and never confirmed, so that the receiver may
            have it already.
        account_name: what the finding's account is called, if that is known.
        thread: what the channel gave for the first message about the finding; None if there is no such
            message, or none that others can be hung on.
    """

    finding: Finding
    step: Step
    repeat: bool = False
    account_name: str | None = None
    thread: str | None = None

    @property
    def is_first(self) -> bool:
        """Whether this is the first that people hear of the finding: told whole. Later news are short."""
        return self.step.news in (News.OPENED, News.EXEMPTION_ENDED)
