"""Which published figures a setting takes: those of one of four groups of settings."""

from collections.abc import Sequence

import numpy as np

from spread.model.inputs import Ints

# Which published speed and turnover a setting takes; anything else counts as acute.
GROUPS = ("acute", "mental_health", "primary_care", "care_home")
SETTING_GROUPS = {
    "mental_health": "mental_health", "ward": "mental_health", "community": "primary_care",
    "ambulance": "primary_care", "ccg": "primary_care", "gp": "primary_care", "primary_care": "primary_care",
    "care_home": "care_home",
}  # fmt: skip


def setting_groups(settings: Sequence[str]) -> Ints:
    """Which published speed and turnover each setting takes, as an index into `GROUPS`."""
    number = {setting: GROUPS.index(SETTING_GROUPS.get(setting, "acute")) for setting in set(settings)}
    return np.array([number[setting] for setting in settings], dtype=np.int64)
