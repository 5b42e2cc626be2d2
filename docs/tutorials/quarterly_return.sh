#!/bin/sh
# A quarterly return: written from one simulated history, checked, fitted on all its stages, and carried forward.
#
# Run from the project's folder: sh docs/tutorials/quarterly_return.sh. Takes a few minutes; writes to results/.
# With a return of your own, leave out the first line.
set -eu

spread return write tracheostomy-standard -o return.csv --seed 7 --as-of 2021-01-31
spread return check return.csv --scenario tracheostomy-standard

# What do the first two quarters say of the speeds? Everything they say nothing of stays as it was believed.
spread calibrate tracheostomy-standard --observed return.csv --effort quick --out results/tutorial-fit

# From where the sites stood at the end of September, with what was learned: will the ambition be met?
spread run tracheostomy-standard --from return.csv --as-of "2020/21 Q2" --posterior results/tutorial-fit --draws 200
