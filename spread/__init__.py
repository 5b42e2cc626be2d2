"""spread: how patient-safety improvements spread through the NHS in England.

import spread
scenario = spread.read_scenario("scenarios/tracheostomy/standard.toml")
results = spread.run(scenario)
results.ambitions()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spread.api import (
        Results,
        calibrate,
        compare,
        find,
        plot_curves,
        read_scenario,
        run,
        score,
        sensitivity,
        since,
        target,
        trace,
    )
    from spread.errors import Fault, InputError, MachineError, MissingExtra, SpreadError

__version__ = "0.1.0"
__all__ = [
    "Fault", "InputError", "MachineError", "MissingExtra", "Results", "SpreadError", "__version__",
    "calibrate", "compare", "find", "plot_curves", "read_scenario", "run", "score", "sensitivity", "since",
    "target", "trace",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Fetch what is offered when it is first asked for, so that importing the package costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'spread' has no attribute '{name}'")
    from spread import api, errors

    return getattr(errors, name) if hasattr(errors, name) else getattr(api, name)


def __dir__() -> list[str]:
    return __all__
