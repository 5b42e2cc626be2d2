"""What is asked: scenario files, the catalogue behind them, and the checks between the two."""
