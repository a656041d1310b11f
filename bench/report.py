"""Results as rows of a table and as JSON."""

import dataclasses
import statistics


@dataclasses.dataclass
class Row:
    """One figure. `goal` is the most it may be, or the least where `is_floor` says so; None where there is no goal.

    `details` holds what the figure was made of, round by round.
    """

    name: str
    value: float
    goal: float | None = None
    unit: str = ""
    is_floor: bool = False
    note: str = ""
    details: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def ratio(cls, name, ours, floor, goal=None, is_floor=False):
        """Seconds of `ours` over those of `floor`, the median of the rounds."""
        ratios = [_divide(one["seconds"], other["seconds"]) for one, other in zip(ours, floor, strict=True)]
        processor = statistics.median(
            _divide(one["processor"] + one["server"], other["processor"] + other["server"])
            for one, other in zip(ours, floor, strict=True)
        )
        seconds = [statistics.median(one["seconds"] for one in measured) for measured in (ours, floor)]
        note = f"{seconds[0]:.2f} s : {seconds[1]:.2f} s, of processor time {processor:.2f} ×"
        details = {"ours": ours, "floor": floor, "processor": processor}
        return cls(name, statistics.median(ratios), goal, "×", is_floor, note, details)

    @classmethod
    def seconds(cls, name, measured, goal=None):
        """Seconds, the median of the rounds."""
        processor = statistics.median(one["processor"] + one["server"] for one in measured)
        note = f"of processor time {processor:.2f} s"
        return cls(
            name, statistics.median(one["seconds"] for one in measured), goal, "s", False, note, {"ours": measured}
        )

    @property
    def is_met(self):
        """Whether the goal is met, None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.is_floor else self.value <= self.goal

    def as_line(self):
        """The row for the table that people read."""
        goal = "" if self.goal is None else f"{'≥' if self.is_floor else '≤'} {self.goal:g}"
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        return f"{self.name:<46} {self.value:>9.2f} {self.unit:<6} {goal:>8} {verdict:<7} {self.note}"


def _divide(one, other):
    return one / other if other else 0.0
