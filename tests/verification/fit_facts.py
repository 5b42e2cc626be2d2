"""Published facts that the priors were made from, each with its source and what is simulated beside it."""

import math
from typing import Literal, NamedTuple

Unit = Literal["share", "processes", "months"]

EPOCH = "Stephens et al, BMJ Qual Saf 2020;29:623 (EPOCH)"
SAFETY_FIRST = "BMJ 2009;338:b2375 (Patient Safety First)"
SCORECARD = "IHI 100,000 Lives scorecard; IHI 5 Million Lives overview, June 2008"
GLASGOW = "Glasgow et al, BMJ Qual Saf 2012;21:663"


class Fact(NamedTuple):
    """A published figure: its `value` and, where there is one, the range published with it, in the row's `unit`."""

    name: str
    published: str
    value: float
    source: str
    world: str
    simulated: str
    unit: Unit = "share"
    low: float = math.nan
    high: float = math.nan


FACTS = (
    Fact("Processes improved, one by one", "279 of 800 (35 %; 18-71 % by process)", 0.35, EPOCH, "processes",
         "80 hospitals, ten simple improvements, 27 months, light support: share taken into use", low=0.18, high=0.71),
    Fact("Processes per hospital, one by one: median", "3 of 10", 3, EPOCH, "processes", "as above", "processes"),
    Fact("Processes per hospital, one by one: middle half", "2 to 5, 3 wide", 3, EPOCH, "processes",
         "as above; width of the interquartile range", "processes"),
    Fact("Processes improved, as one pathway", "279 of 800 (35 %; 18-71 % by process)", 0.35, EPOCH, "pathway",
         "the ten as elements of one improvement (kind system): share put in place", low=0.18, high=0.71),
    Fact("Processes per hospital, as one pathway: median", "3 of 10", 3, EPOCH, "pathway", "as above", "processes"),
    Fact("Processes per hospital, as one pathway: middle half", "2 to 5, 3 wide", 3, EPOCH, "pathway",
         "as above; width of the interquartile range", "processes"),
    Fact("Sign-up, acute", "154 of 168 (92 %)", 154 / 168, SAFETY_FIRST, "sign_up",
         "stage 2 or more at 12 months; all know at launch", low=0.87, high=0.95),
    Fact("Sign-up, mental health", "39 of 76 (51 %)", 39 / 76, SAFETY_FIRST, "sign_up", "same", low=0.40, high=0.62),
    Fact("Sign-up, primary care", "86 of 148 (58 %)", 86 / 148, SAFETY_FIRST, "sign_up", "same", low=0.50, high=0.66),
    Fact("Sign-up, acute, if unheard of", "154 of 168 (92 %)", 154 / 168, SAFETY_FIRST, "sign_up_unheard",
         "same, but nobody knows at launch", low=0.87, high=0.95),
    Fact("Sign-up, acute, lowest region", "64 % (South East Coast)", 0.64, "Nursing Times 2009 (Patient Safety First)",
         "sign_up", "lowest of ten regions of 16-17 trusts, the national pace held at 92 %"),
    Fact("Sign-up, acute, highest region", "100 % (three regions)", 1.0, "Nursing Times 2009 (Patient Safety First)",
         "sign_up", "highest of the ten, the same"),
    Fact("Active on a plank", "60-77 %, middle 69 %", 0.69, SCORECARD, "planks",
         "decided (stage 3 or more) at 18 months, mean of six planks; enrolled acute trusts", low=0.60, high=0.77),
    Fact("Active on all six planks", "42 % (10.6 % if independent)", 0.42, SCORECARD, "planks",
         "same, the pace in every parameter set made such that its six planks average 69 %"),
    Fact("Active on all six, pace of the priors", "42 % (10.6 % if independent)", 0.42, SCORECARD, "planks",
         "same, at the pace each parameter set has"),
    Fact("COPD bundle, in place", "7.6 % of patients where introduced", 0.076,
         "Morton et al, BMJ Open Respir Res 2019;6:e000425", "copd",
         "patients with every element at sites at stage 5 or more, two years into a programme"),
    Fact("COPD bundle, not yet in place", "7.6 % of patients where introduced", 0.076,
         "Morton et al, BMJ Open Respir Res 2019;6:e000425", "copd", "same, at sites below stage 5"),
    Fact("Kept 12 months, left alone", "67 % (down to 30 %)", 0.67, "BC Patient Safety and Quality Council 2012",
         "kept", "no lapse in 12 months from adoption; no regional support", low=0.30),
    Fact("Kept 24 months, left alone", "60 % and 32 % of hospitals that improved", 0.46, GLASGOW, "kept",
         "no lapse in 24 months; the mean of the two is marked", low=0.32, high=0.60),
    Fact("Kept 18 months, measured", "no significant change, months 19-36", 1.0,
         "Pronovost et al, BMJ 2010;340:c309 (Keystone ICU)", "kept_measured",
         "in use after another 18 months of those in use after 18; support goes on, every site measures"),
    Fact("Magnesium sulphate in 2022", "85.5 % of mothers (65.8 % in 2017)", 0.855,
         "Edwards et al, BMJ Qual Saf 2025 (PReCePT)", "magnesium",
         "137 units from 65.8 % at the start of 2018; standard support two years, then light", low=0.84, high=0.87),
    Fact("Months of testing a bundle", "9 (collaboratives 6-15)", 9,
         "Edwards et al, Arch Dis Child FN 2023; IHI, Diabetes Spectrum 2004;17:97", "testing",
         "mean from first test to adoption, three elements, sites that never stop", "months", low=6, high=15),
)  # fmt: skip
