"""spread: how patient-safety improvements spread through the NHS in England."""

__version__ = "0.1.0"
