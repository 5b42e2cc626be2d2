"""How good would the forecasts have been? Every shipped series and some simulated panels of sites, from several cuts.

Run ``python -m tests.verification.hindcasts`` to write the tables of ``docs/hindcasts.md`` anew; it takes a quarter
of an hour or more on two cores. ``--keep DIR`` keeps what is computed, a file for each series, and reads it back.
"""

import argparse
import pickle
import re
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import spread.api as api
from spread.calibration import efforts, forecasts_at, hindcast, panels, verdicts
from spread.runs import returns, sample

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/hindcasts.md"
SCENARIOS = ROOT / "scenarios/series"
EFFORT = efforts.Effort(1000, 500, 250, 4)
SETS, SEED = 400, 1
BEGIN, END = "<!-- begin: {} -->", "<!-- end: {} -->"


class Look(NamedTuple):
    """A scenario, the series it is set against, and the cuts."""

    scenario: str
    files: tuple[str, ...]
    cuts: tuple[str, ...]


LOOKS = (
    Look("vte", ("vte-providers",), ("2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31")),
    Look("vte", ("vte-patients",), ("2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31")),
    Look("vte", ("vte-providers", "vte-patients"), ("2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31")),
    Look("medical-examiners", ("medical-examiners",), ("2023-04-30", "2023-06-30", "2023-12-31")),
    Look("laparotomy-risk", ("laparotomy-risk",), ("2016-11-30", "2017-11-30", "2018-11-30")),
    Look("methotrexate-10mg", ("methotrexate-10mg",), ("2012-12-31", "2016-12-31", "2018-12-31")),
    Look("high-dose-opioids", ("high-dose-opioids",), ("2019-06-30", "2020-03-31", "2020-12-31")),
    Look("smoke-free-delivery", ("smoke-free-delivery",), ("2011-03-31", "2014-03-31", "2017-03-31")),
    Look("smoke-free-delivery-quarters", ("smoke-free-delivery-quarters",), ("2015-06-30", "2016-06-30", "2017-03-31")),
)
PANEL_DRAWS = (3, 11, 19, 27)
PANEL_CUTS = ("2020-09-30", "2020-12-31")
PANEL_SITES = {"YH": 10, "WX": 6, "NENC": 9, "KSS": 7, "EM": 8, "SW": 8}
PANEL = """\
schema = 1
name = "panel"
base = "tracheostomy-standard"

[world]
population = "files"
sites = "sites.csv"
"""


def work() -> forecasts_at.Work:
    """How much to spend."""
    return forecasts_at.Work(SEED, EFFORT, SETS, sample.Hands())


def look_back(look: Look, *, restart: bool = True) -> hindcast.Hindcast:
    """Forecasts of shipped series from every cut."""
    scenario = api.read_scenario(SCENARIOS / f"{look.scenario}.toml")
    return _look_back(scenario, look.files, look.cuts, restart=restart)


def _look_back(
    scenario: "api.Scenario", files: Sequence[str], cuts: Sequence[str], *, restart: bool
) -> hindcast.Hindcast:
    days = [date.fromisoformat(cut) for cut in cuts]
    asked = hindcast.read_asked(scenario, files, cuts=days, left_out=None, free=())
    return hindcast.hindcast(asked, work(), restart=restart)


def panel(draw: int, folder: Path) -> hindcast.Hindcast:
    """Forecasts of a simulated quarterly return: the truth is a draw from the prior that no fit is told."""
    rows = [
        f"{psc}{number},{psc}O{number // 2},acute,{psc},tracheostomy"
        for psc, count in PANEL_SITES.items()
        for number in range(count)
    ]
    (folder / "sites.csv").write_text("\n".join(["site,organisation,setting,psc,services", *rows]) + "\n")
    (folder / "panel.toml").write_text(PANEL)
    scenario = api.read_scenario(folder / "panel.toml")
    told = returns.simulate_return(scenario, seed=97, draw=draw, replicate_number=0)
    returns.keep_return(told, folder / f"return_{draw}.csv", force=True)
    return _look_back(scenario, [str(folder / f"return_{draw}.csv")], PANEL_CUTS, restart=True)


# --- the page ---------------------------------------------------------------------------------------


def series_table(found: Sequence[tuple[str, hindcast.Hindcast]]) -> str:
    """One row a series and cut: ours beside every rival."""
    rivals = list(hindcast.rivals.RIVALS)
    heads = ["series", "cut", "known", "ahead", "spread", *(name.replace("_", " ") for name in rivals)]
    lines = [
        "| " + " | ".join([*heads, "held 50/80/95", "target met", "set out"]) + " |",
        "|" + "---|" * (len(heads) + 3),
    ]
    for label, one in found:
        for case in one.cases:
            lines.append(_line(label, case, [hindcast.OURS, *rivals]))
    return "\n".join(lines)


def _line(label: str, case: hindcast.Case, forecasters: Sequence[str]) -> str:
    scored = {one.who: one for one in verdicts.score_case(case)}
    best = min(one.scaled for one in scored.values())
    cells = []
    for who in forecasters:
        text = f"{scored[who].scaled:.2f}" if who in scored else "-"
        cells.append(f"**{text}**" if who in scored and scored[who].scaled == best else text)
    ours = scored.get(hindcast.OURS)
    held = "-" if ours is None else "/".join(f"{100 * part:.0f}" for part in (ours.held_50, ours.held_80, ours.held_95))
    met = "-" if ours is None or not ours.ambition else f"{100 * ours.chance:.0f} %, {'yes' if ours.met else 'no'}"
    how = "not simulated" if ours is None else case.how
    start = [label, str(case.cut), str(case.known), str(len(case.dates)), *cells, held, met, how]
    return "| " + " | ".join(start) + " |"


def pooled_table(verdict: verdicts.Verdict) -> str:
    """Everybody's mean scaled score and coverage, and our skill against each."""
    against = {one.rival: one.skill for one in verdict.against if one.of == "crps"}
    lines = [
        "| forecaster | mean score | our skill against it (95 %) | we are ahead on | held 50 | 80 | 95 |",
        "|" + "---|" * 7,
    ]
    for who, mean in verdict.mean_scaled.items():
        skill = against.get(who)
        told = "-" if skill is None else f"{skill.skill:+.2f} ({skill.low:+.2f} to {skill.high:+.2f})"
        ahead = "-" if skill is None else f"{skill.better:.0%} of {skill.series}"
        held = " | ".join(f"{100 * share:.0f} %" for share in verdict.held[who])
        lines.append(f"| {who.replace('_', ' ')} | {mean:.2f} | {told} | {ahead} | {held} |")
    return "\n".join(lines)


def met_table(verdict: verdicts.Verdict) -> str:
    """Brier and log score of "met by the deadline", by forecaster."""
    lines = ["| forecaster | forecasts | Brier | log |", "|" + "---|" * 4]
    ours = {(one.series, one.cut) for one in verdict.scored if one.who == hindcast.OURS and one.ambition}
    for who in verdict.mean_scaled:
        mine = [one for one in verdict.scored if one.who == who and (one.series, one.cut) in ours]
        if mine:
            brier = sum(one.brier for one in mine) / len(mine)
            log = sum(one.log_score for one in mine) / len(mine)
            lines.append(f"| {who.replace('_', ' ')} | {len(mine)} | {brier:.3f} | {log:.2f} |")
    return "\n".join(lines)


def sites_table(found: Sequence[panels.SiteScores]) -> str:
    """Scores of sites, means over sites, panels and interventions, by cut."""
    lines = ["| cut | forecaster | sites | ranked score of stages | Brier of adopted |", "|" + "---|" * 5]
    for cut in dict.fromkeys(one.cut for one in found):
        for who in dict.fromkeys(one.who for one in found):
            mine = [one for one in found if one.cut == cut and one.who == who]
            ranked = [value for one in mine for value in one.ranked.tolist() if value == value]
            brier = [value for one in mine for value in one.brier.tolist() if value == value]
            said = f"{sum(ranked) / len(ranked):.3f}" if ranked else "-"
            lines.append(f"| {cut} | {who} | {len(brier)} | {said} | {sum(brier) / len(brier):.3f} |")
    return "\n".join(lines)


def bullets(verdict: verdicts.Verdict) -> str:
    """The verdict in words."""
    return "\n".join(f"- {line}" for line in verdicts.words(verdict))


def put(page: str, name: str, text: str) -> str:
    """A page with what stands between two markers replaced."""
    begin, end = BEGIN.format(name), END.format(name)
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", page, flags=re.DOTALL)


def kept(folder: Path | None, name: str, compute: "object") -> hindcast.Hindcast:
    """What was computed before, or now."""
    path = None if folder is None else folder / f"{name}.pickle"
    if path is not None and path.exists():
        found: hindcast.Hindcast = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
        return found
    found = compute()  # type: ignore[operator]
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(found))
    return found


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path)
    keep = parser.parse_args().keep
    found = []
    for look in LOOKS:
        label = " + ".join(look.files) if len(look.files) > 1 else look.files[0]
        one = kept(keep, label, lambda look=look: look_back(look))
        found.append((label, one))
        print(label, [len(case.dates) for case in one.cases], flush=True)
    alone = kept(keep, "vte-providers carried on", lambda: look_back(LOOKS[0], restart=False))
    with tempfile.TemporaryDirectory() as folder:
        simulated = [kept(keep, f"panel {draw}", lambda draw=draw: panel(draw, Path(folder))) for draw in PANEL_DRAWS]
    # Each series counts once: the two of VTE as fitted together stand beside, and are not pooled.
    single = [
        case._replace(series=label) for label, one in found if "+" not in label for case in one.cases
    ]  # fmt: skip
    verdict = verdicts.judge(single, seed=SEED)
    cases = [
        case._replace(series=f"{draw}: {case.series}")
        for draw, one in zip(PANEL_DRAWS, simulated, strict=True) for case in one.cases
    ]  # fmt: skip
    sites = [scored for one in simulated for scored in one.sites]
    of_panels = verdicts.judge(cases, sites, seed=SEED)
    page = PAGE.read_text(encoding="utf-8")
    for name, text in {
        "series": series_table(found), "pooled": pooled_table(verdict), "words": bullets(verdict),
        "met": met_table(verdict), "carried": series_table([("vte-providers, carried on", alone)]),
        "panels": pooled_table(of_panels), "sites": sites_table(sites), "panel words": bullets(of_panels),
    }.items():  # fmt: skip
        page = put(page, name, text)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
