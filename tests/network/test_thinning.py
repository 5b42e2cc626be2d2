"""Smaller worlds with the shape of a larger one."""

from collections import Counter
from pathlib import Path

import numpy as np

from spread.network import england, thinning
from tests import worlds


def test_keeping_every_site_changes_nothing(tmp_path: Path) -> None:
    people = worlds.build(worlds.write_five_sites(tmp_path))
    assert worlds.same(thinning.thinned(people, 1), people)
    trusts = england.build_england("2022")
    assert worlds.same(thinning.thinned(trusts, 1), trusts)


def test_every_setting_is_thinned_alike() -> None:
    people = england.build_england("2022", england.ALL_SETTINGS)
    few = thinning.thinned(people, 50)
    counts = Counter(people.settings)
    assert Counter(few.settings) == {setting: -(-count // 50) for setting, count in counts.items()}
    assert set(few.psc_codes) == set(people.psc_codes)


def test_a_thinned_site_keeps_its_place_its_organisation_and_its_networks() -> None:
    people = england.build_england("2022", england.ALL_SETTINGS)
    few = thinning.thinned(people, 50)
    rows = [people.site_codes.index(code) for code in few.site_codes]
    assert [few.psc_codes[psc] for psc in few.psc] == [people.psc_codes[people.psc[row]] for row in rows]
    assert [few.ics_names[ics] for ics in few.ics] == [people.ics_names[people.ics[row]] for row in rows]
    assert [few.organisation_codes[one] for one in few.organisation] == [
        people.organisation_codes[people.organisation[row]] for row in rows
    ]
    np.testing.assert_array_equal(few.size, people.size[rows])
    here = set(few.site_codes)
    for code in few.networks.codes:
        assert worlds.members(few, code) == tuple(site for site in worlds.members(people, code) if site in here)
    assert np.diff(few.networks.start).min() > 0
