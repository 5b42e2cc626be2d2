#!/bin/sh
# Methotrexate 10 mg in general practice: fit to 2018 and 2019, forecast 2020, beside guesses anyone can make.
#
# Run from the project's folder: sh docs/tutorials/methotrexate.sh. Takes a few minutes; writes to results/.
# What to see: the share fell by the same number of points each year without a programme, so a straight line is hard
# to beat, and the verdict says so.
set -eu

spread hindcast scenarios/series/methotrexate-10mg.toml --observed methotrexate-10mg --cut 2019-12-31
