"""The parts of the compiled engine, from the bottom up.

`layout` is what it holds in memory and `filling` how that is filled; `calendar` says who is next and `queues` who gets
a slot or a place; `rates` gathers what a rule asks for; `waits` spends thresholds; `peers` is who sees whom; `life` is
one unit's events and `occasions` those of many: refreshes, courses and meetings. `spread.model.compiled_engine` is
the loop. Each function has one place that calls it, and is compiled into it.
"""
