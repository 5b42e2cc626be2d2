"""What to do about it: compare plans, find the least support, target it, say what moves the answer and why."""
