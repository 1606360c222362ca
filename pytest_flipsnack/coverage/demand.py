"""What a project demands of its suite, read from flags and configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pytest_flipsnack.catalogue.codes import Code, select


@dataclass(frozen=True, slots=True)
class Demand:
    """The codes to exercise and how many of them.

    `threshold` is a percentage from 0 to 100, None where nothing is demanded. `always` says that
    it holds on narrowed runs too. `required` codes must be exercised whatever the threshold.
    `excluded` maps codes to the reason why they are not demanded.
    """

    threshold: Decimal | None = None
    always: bool = False
    required: tuple[Code, ...] = ()
    excluded: Mapping[Code, str] = field(default_factory=dict)

    @property
    def gated(self) -> bool:
        """Whether anything is demanded at all."""
        return self.threshold is not None or bool(self.required)

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that the threshold is a share of: all but excluded and deprecated ones."""
        return tuple(
            code
            for code in Code
            if code in self.required or not (code.deprecated or code in self.excluded)
        )


def read_percentage(value: object) -> Decimal:
    """Return a percentage from 0 to 100; raise `ValueError` for anything else."""
    try:
        number = Decimal(str(value).strip().removesuffix("%").strip())
        fits = 0 <= number <= 100  # comparing a NaN raises
    except InvalidOperation:
        fits = False
    if isinstance(value, bool) or not fits:
        raise ValueError(f"{value!r} is not a percentage from 0 to 100")
    if 0 < number < 1:
        meant = f"{(100 * number).normalize():f}"
        raise ValueError(f"{value!r} is less than 1 %; write {meant} for {meant} %")
    return number


def read_required(names: Iterable[object]) -> tuple[Code, ...]:
    """Return the codes that a list of codes and group names requires."""
    return select(names)


def read_excluded(lines: Iterable[object]) -> dict[Code, str]:
    """Return codes and reasons from lines such as `37: deprecated by Flipsnack`.

    Raises `ValueError` for a line without a reason or an unknown code.
    """
    found: dict[Code, str] = {}
    for line in lines:
        name, _, reason = str(line).partition(":")
        if not reason.strip():
            raise ValueError(
                f"{line!r} gives no reason; write the code or group, a colon and why, "
                f"as in '37: deprecated by Flipsnack'"
            )
        found |= dict.fromkeys(select([name]), reason.strip())
    return found


def check(demand: Demand) -> None:
    """Raise `ValueError` where a demand contradicts itself."""
    both = [code.label for code in demand.required if code in demand.excluded]
    if both:
        raise ValueError(f"{', '.join(both)} is both required and excluded; choose one")
    if not demand.codes:
        raise ValueError("every code is excluded; leave at least one to exercise")
