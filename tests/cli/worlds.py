"""A world of five sites, and what is in a folder."""

from pathlib import Path

SITES = """\
site,organisation,setting,psc,services
S1,O1,acute,Wessex,tracheostomy
S2,O1,acute,Wessex,tracheostomy
S3,O2,acute,Wessex,tracheostomy
S4,O3,acute,YH,tracheostomy
S5,O4,acute,YH,tracheostomy
"""
SCENARIO = """\
schema = 1
name = "tiny"
base = "tracheostomy-standard"

[world]
population = "files"
sites = "sites.csv"
"""
STAGES = """\
site,intervention,date,stage,since
S1,tracheostomy_bedhead_signs,2020-09-30,5,2020-07-01
S1,tracheostomy_emergency_equipment,2020-09-30,6,2020-07-01
S1,tracheostomy_daily_care_bundle,2020-09-30,5,2020-07-01
"""
AMBITION = "tracheostomy_march_2021"


def files_in(folder: Path):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
