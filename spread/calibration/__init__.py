"""What fits: observed adoption, the parameters it leaves possible, and how far forecasts can be believed."""
