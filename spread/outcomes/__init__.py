"""What happened: from event logs to the tables a reader asks for.

`plan` says once what will be looked at (dates, groups, interventions and sets of them, ambitions);
`tabulate` reads one replicate's log by that plan (`counting` is its compiled pass, `marking` what that writes
at deadlines, `workspace` its memory);
`collect` keeps the tables of the runs in chunks and reads them chunk by chunk; the other modules each
write one table of the results folder, whose columns stand in `tables`.

Draws (parameter sets) are the sampling unit; replicates within a draw differ by chance only.
"""
