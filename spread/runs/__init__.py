"""Doing it often: parameter draws, replicates on every core, and a folder that holds the result."""
