"""The model written from docs/odd.md alone and the process engine give the same events, in small worlds at random."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spread.api as api
from spread.network import data
from spread.runs import plan
from spread.runs import replicate as runs
from spread.scenarios import catalogue, levers
from tests.verification import reference

WORLDS = 50
"""Nothing begins half-way (`start_from`), which the reference leaves out."""
TIME_TOLERANCE = 1e-6
SETTINGS = ("acute", "acute", "mental_health", "ward", "community", "gp", "care_home", "ambulance", "ccg")
SUPPORT, PUSHES = ("none", "light", "standard", "enhanced"), ("none", "audit", "incentive", "duty", "mandate")
PSCS, SYSTEMS = ("YH", "WX", "Atlantis"), ("", "Dorset", "Deep")
# Speeds at which much happens in two years; beliefs about everything else are the catalogue's.
QUICK = """
contact_campaign_per_month = 0.3
decision_acute_per_month = { value = 0.3, low = 0.1, high = 0.9, scale = "log" }
decision_mental_health_per_month = 0.3
decision_primary_care_per_month = 0.3
decision_care_home_per_month = 0.3
decision_scale = 1.0
testing_simple_months = 3
testing_bundle_months = 5
testing_system_months = 8
stop_per_month = 0.1
resume_per_month = 0.2
restart_per_month = 0.2
spread_per_month = 0.1
lapse_per_month = 0.08
peer_exponent = { value = 1.0, low = 0.7, high = 1.5, scale = "log" }
"""
# Values at their edges, each now and then.
ODD = {
    "kappa": (0, 10), "frailty_variance": (0, 2), "sustain_months": (0, 2, 40), "patience_months": (0, 0.3),
    "load_free_count": (0, 1), "load_log_hr": (-1,), "lapse_embedded_share": (0, 1), "element_loss_share": (0, 1),
    "champion_gap_months": (0, 12), "no_signal_months": (0, 1), "peer_weight_psc": (0,), "peer_weight_tie": (0,),
    "dose_log_hr": (2,), "skill_decay_per_year": (0, 1), "learning_set_log_hr": (1.5,), "cycle_log_sd": (0, 1),
    "meeting_contact_share": (0, 1), "baseline_site_correlation": (0, 0.9), "slots_minimum": (1, 5),
    "deadline_log_hr": (1,), "outreach_half_hours": (0.1, 3), "leaver_nhs_per_year": (0, 0.8),
}  # fmt: skip


# --- worlds at random ---------------------------------------------------------------------------------


class Maker:
    """One small world, written as the files a user would bring."""

    def __init__(self, number: int) -> None:
        self.luck = np.random.default_rng(number)
        self.start = np.datetime64("2019-01-01") + int(self.luck.integers(900))
        self.end = self.start + int(self.luck.integers(400, 1100))

    def pick(self, *values: Any) -> Any:
        return values[int(self.luck.integers(len(values)))]

    def chance(self, share: float) -> bool:
        return bool(self.luck.random() < share)

    def share(self) -> float:
        return self.pick(0.0, 0.3, 0.6, 0.9, 1.0)

    def day(self) -> str:
        """A day of the run."""
        return str(self.start + int(self.luck.integers((self.end - self.start).astype(int))))

    def by(self, keys: tuple[str, ...], *values: Any) -> str:
        """A lever's table, with a value for everybody else if it is by collaborative."""
        named = keys if keys in (levers.LAYERS, levers.TIERS) else ("default", *keys)
        cells = (f"{key} = {self.text(self.pick(*values))}" for key in named)
        return "{ " + ", ".join(cells) + " }"

    def text(self, value: Any) -> str:
        return f'"{value}"' if isinstance(value, str) else str(value)

    def files(self, folder: Path) -> None:
        """Sites, memberships and ties."""
        count = int(self.luck.integers(3, 13))
        sites = [f"S{n:02d}" for n in range(count)]
        organisations = [f"O{self.luck.integers(1 + count // 2)}" for _ in sites]
        staff = {code: self.pick("", 200, 900, 6000) for code in organisations}
        with (folder / "sites.csv").open("w") as stream:
            stream.write("site,organisation,setting,psc,ics,services,staff,imd_q1_share\n")
            for n, (site, code) in enumerate(zip(sites, organisations, strict=True)):
                psc = PSCS[n] if n < len(PSCS) else self.pick(*PSCS)
                row = [site, code, self.pick(*SETTINGS) if n else "acute", psc, self.pick(*SYSTEMS)]
                row += [self.pick("", "maternity"), staff.pop(code, ""), self.pick("", 0.1, 0.4)]
                stream.write(",".join(map(str, row)) + "\n")
        with (folder / "memberships.csv").open("w") as stream:
            stream.write("network,kind,site\n")
            for network, kind in (("babies", "neonatal ODN"), ("all", "national"), ("friends", "supper club")):
                stream.writelines(f"{network},{kind},{site}\n" for site in sites if self.chance(0.6))
        with (folder / "ties.csv").open("w") as stream:
            stream.write("site,peer,layer,weight\n")
            for layer in ("advice", "friends"):
                pairs = [(site, peer) for site in sites for peer in sites if site != peer and self.chance(0.2)]
                stream.writelines(f"{site},{peer},{layer},{self.pick(0.5, 1, 2)}\n" for site, peer in pairs)

    def levers(self) -> str:
        """Every lever, at random."""
        seats = self.by(levers.TIERS, 0, 5, 40)
        trained = self.chance(0.2)
        return f"""
support = {self.by(PSCS, *SUPPORT)}
coaches = {self.by(PSCS, 0, 0.1, 0.3, 1)}
outreach_hours = {self.by(PSCS, 0, 0.5, 1, 3)}
course_seats = {0 if trained else seats}
training = {self.by(levers.TIERS, 0, 0.1, 0.3) if trained else 0}
course_interval_months = {self.pick(*(0,) * (not trained), 2, 3, 4.5)}
learning_sets = {self.by(PSCS, 0, 2, 4, 5)}
meeting_interval_months = {self.by(levers.LAYERS, 0, 1, 2, 2.5)}
attendance = {self.by(levers.LAYERS, 0.5, 0.8, 1.0)}
push = "{self.pick(*PUSHES)}"
priority_rule = "{self.pick(*levers.PRIORITY_RULES)}"
champions = {self.by(PSCS, 0.0, 0.4, 0.9)}
measurement = {self.by(PSCS, 0.0, 0.4, 0.9)}
refreshers = {self.pick(0, 0.3, 1)}
safety_culture = {self.by(PSCS, 0, 0.5, 1)}
co_design = {self.pick(0, 0.5, 1)}
"""

    def change(self) -> str:
        """A dated change of some levers."""
        given = [line for line in self.levers().splitlines() if line and self.chance(0.4)]
        given = [line for line in given if not line.startswith(("training", "course"))]
        return "\n".join(["\n[[change]]", f"from = {self.day()}", *given]) + "\n"

    def programme(self, name: str, interventions: list[str]) -> str:
        """A programme, perhaps with a support and a push of its own."""
        start = self.start + int(self.pick(0, 0, -100, self.luck.integers(300)))
        lines = [f"[programmes.{name}]", f"start = {start}", f"interventions = {interventions}".replace("'", '"')]
        if self.chance(0.3):
            lines.append(f"end = {start + int(self.luck.integers(200, 600))}")
        if self.chance(0.4):
            entering = max(start, self.start) + int(self.luck.integers(1, 100))
            lines.append(f"enters = {{ {self.pick(*interventions)} = {entering} }}")
        lines += [f'support = "{self.pick(*SUPPORT)}"'] * self.chance(0.3)
        lines += [f'push = "{self.pick(*PUSHES)}"'] * self.chance(0.3)
        return "\n".join([*lines, f"priority = {self.pick(1, 2, 3)}", ""])

    def intervention(self, name: str, programme: str) -> str:
        """An intervention of one to four elements."""
        kind, count = self.pick("simple", "bundle", "system"), int(self.luck.integers(1, 5))
        lines = [f"\n[interventions.{name}]", f'title = "{name}"', f'programme = "{programme}"', f'kind = "{kind}"']
        lines += ['complexity = "low"', f"appeal = {self.pick(1.0, 0.5, 2.0)}"]
        lines += [f'peers = "{self.pick("networks", "networks", "ties", "none")}"']
        lines += ["testing = false"] * self.chance(0.15) + ['package = "kit"'] * self.chance(0.3)
        lines += ['eligible = { settings = ["acute", "ward", "gp", "care_home"] }'] * self.chance(0.2)
        lines += [f"available_from = {self.day()}"] * self.chance(0.3)
        if self.chance(0.3):
            lines.append('available_delay_months = { value = 3, low = 1, high = 9, scale = "log" }')
        lines.append(
            f"baseline_stages = {self.pick('{}', '{ 1 = 0.3, 2 = 0.2, 3 = 0.1, 4 = 0.2, 5 = 0.1, 7 = 0.05 }')}"
        )
        for n in range(count):
            cells = f"baseline = {self.pick(0.0, 0.2, 0.7)}, difficulty = {self.pick(0.5, 1.0, 2.0)}"
            lines.append(f"elements.e{n} = {{ {cells} }}")
        return "\n".join(lines) + "\n"

    def scenario(self, folder: Path) -> Path:
        """The scenario file, with the files it names beside it."""
        self.files(folder)
        names = ["first", "second", "third"][: int(self.luck.integers(1, 4))]
        cut = int(self.luck.integers(len(names)))
        programmes = {"one": names[: cut + 1], "two": names[cut + 1 :]}
        text = f'schema = 1\nname = "random"\nstart = {self.start}\nend = {self.end}\n{self.levers()}'
        text += f"engaged_share = {self.by(PSCS, 0.5, 0.9, 1.0)}\n"
        text += f'cycle_shape = "{self.pick("fixed", "lognormal", "exponential")}"\n'
        text += (
            '[world]\npopulation = "files"\nsites = "sites.csv"\nmemberships = "memberships.csv"\nties = "ties.csv"\n'
        )
        for programme, interventions in programmes.items():
            if interventions:
                text += self.programme(programme, interventions)
                text += "".join(self.intervention(name, programme) for name in interventions)
        for n in range(int(self.luck.integers(1, 3))):
            text += f'\n[ambitions.aim{n}]\ntitle = "Aim"\ninterventions = ["{self.pick(*names)}"]\nthreshold = 0.9\n'
            text += f'deadline = {self.day()}\nsource = "made for a test"\n'
        text += "".join(self.change() for _ in range(int(self.luck.integers(4))))
        for n in range(int(self.luck.integers(3))):
            days = sorted([self.day(), self.day()])
            text += f'\n[[shock]]\nname = "shock{n}"\nfrom = {days[0]}\nto = {days[1]}\n'
            text += f"multiplier = {self.pick(0.3, 1.5)}\n"
            text += f'interventions = ["{self.pick(*names)}"]\n' if self.chance(0.5) else ""
        odd = "".join(f"{name} = {self.pick(*values)}\n" for name, values in ODD.items() if self.chance(0.3))
        (folder / "random.toml").write_text(f"{text}\n[parameters]{QUICK}{odd}")
        return folder / "random.toml"


# --- one world, twice -----------------------------------------------------------------------------------


def presets() -> dict[str, tuple[float, float, float]]:
    """Hours of outreach, champions and measurement of each level of support."""
    names = ("outreach_hours", "champions", "measurement")
    return {level: tuple(preset[name] for name in names) for level, preset in catalogue.support_levels().items()}


def plain(scenario: Any, read: data.Data, values: dict[str, float]) -> reference.World:
    """What the reference is given: what the files say, in plain lists."""
    people, ties = read.population, read.ties
    codes, networks = people.site_codes, people.networks
    sites = {
        code: reference.Site(
            organisation=people.organisation_codes[people.organisation[n]],
            psc=people.psc_codes[people.psc[n]],
            setting=people.settings[n],
            services=people.services[n],
            deprived=float(np.nan_to_num(people.deprived_share[n])),
        )
        for n, code in enumerate(codes)
    }
    staff = [None if np.isnan(number) else float(number) for number in people.organisation_staff]
    settings = zip(people.organisation_settings, staff, strict=True)
    return reference.World(
        scenario=scenario,
        values=values,
        presets=presets(),
        sites=sites,
        organisations=dict(zip(people.organisation_codes, settings, strict=True)),
        networks={
            code: (
                networks.layers[n],
                [codes[site] for site in networks.member[networks.start[n] : networks.start[n + 1]]],
            )
            for n, code in enumerate(networks.codes)
        },
        ties=[
            (codes[looker], codes[ties.peer[n]], ties.layers[ties.layer[n]], int(ties.weight[n]))
            for looker in range(len(codes))
            for n in range(ties.start[looker], ties.start[looker + 1])
        ],
    )


def two_logs(folder: Path, number: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of the reference and of the process engine: time, then all the rest."""
    scenario = api.read_scenario(Maker(number).scenario(folder))
    luck = {"seed": 7, "draw": number % 5, "replicate": number % 3}
    read = data.read_data(scenario)
    job = runs.make_job(scenario, *read, seed=luck["seed"], replicates=1)
    values = plan.draw_parameters(scenario, seed=luck["seed"], draw=luck["draw"])
    own = reference.Simulation(plain(scenario, read, values), **luck).run()
    inputs, _ = runs.prepare_draw(job, runs.draw_own(job, luck["draw"]))
    log = runs.run_replicate(inputs, engine="process", **luck)
    units, names = job.world.units, list(scenario.interventions)
    where = [(job.world.population.site_codes[units.site[u]], names[units.intervention[u]]) for u in log.unit]
    columns = (log.element, log.from_status, log.to_status, log.cause)
    rows = zip(log.time_days, log.kind, where, *columns, strict=True)
    return own, [(float(time), int(kind), *place, *map(int, rest)) for time, kind, place, *rest in rows]


def difference(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> str:
    """Where two logs first differ, in words; nothing if they do not."""
    for row, (left, right) in enumerate(zip(one, other, strict=False)):
        if left[1:] != right[1:] or abs(left[0] - right[0]) > TIME_TOLERANCE:
            return f"row {row}: reference {left}, engine {right}"
    return "" if len(one) == len(other) else f"the reference has {len(one)} rows, the engine {len(other)}"


# --- they agree ------------------------------------------------------------------------------------------


def test_the_reference_and_the_engine_give_the_same_events(tmp_path: Path) -> None:
    seen: set[int] = set()
    for number in range(WORLDS):
        (folder := tmp_path / str(number)).mkdir()
        own, engine = two_logs(folder, number)
        assert not difference(own, engine), f"world {number}, {difference(own, engine)}"
        seen.update(row[1] for row in own)
    assert seen == set(range(16))


# What would be found: one rule of the reference changed.
PLANTED = {
    "hazards a hundredth faster": ("rate", lambda rule: lambda *given: 1.01 * rule(*given)),
    "learning sets where most sites are not": ("host", lambda _: lambda *_: None),
    "champions who stay": ("draw_champion", lambda _: lambda *_: None),
    "a dose that does not wear off": ("wear", lambda _: lambda *_: None),
}


@pytest.mark.parametrize(("name", "broken"), PLANTED.values(), ids=PLANTED)
def test_a_rule_that_is_changed_makes_them_differ(
    name: str, broken: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference.Simulation, name, broken(getattr(reference.Simulation, name)))
    for number in range(WORLDS):
        (folder := tmp_path / str(number)).mkdir()
        if difference(*two_logs(folder, number)):
            return
    pytest.fail("the change was not found")


def test_its_random_numbers_are_those_of_the_page() -> None:
    unit, run = reference.join(reference.key("pews_any"), reference.key("A1")), reference.run_key(1, 2, 3)
    assert (unit, run) == (10422813638523235032, 1569423717077603207)
    assert reference.uniform(run, unit, reference.DECISION) == 0.4908025507739398
    assert reference.uniform(run, unit, "CYCLE_LENGTH", 2**32 + 2 * 2**24 + 3) == 0.49527088741041453
    assert reference.quantile(1e-10) == pytest.approx(-6.361340902404056, abs=1e-14)
