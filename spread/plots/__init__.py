"""What it looks like: one module per figure, drawn from the tables of a results folder.

    data.load(folder) -> PlotData -> curves.plot_curves | ambitions.plot_ambitions | bottlenecks.plot_bottlenecks
                                                                               -> writing.write_figure

Each figure module offers three functions of the same arguments: `plot_*` draws the figure, `tabulate_*` gives
the numbers in it (the CSV twin), `describe_*` says them in words (the alt text). Colours and type come from
`theme`, places on the sheet from `sheet`, phrases for chances and dates from `wording`.
"""
