"""What stops the generator."""


class GeneratorError(Exception):
    """The facts, the API models and the corrections do not fit together: one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
