#!/bin/sh
# High-dose opioids in general practice: fit to the end of 2020, forecast 2021.
#
# Run from the project's folder: sh docs/tutorials/opioids.sh. Takes a few minutes; writes to results/.
# What to see: everybody draws about the same line; the target of three tenths fewer was not met, and was thought
# about as likely as not.
set -eu

spread hindcast scenarios/series/high-dose-opioids.toml --observed high-dose-opioids --cut 2020-12-31
