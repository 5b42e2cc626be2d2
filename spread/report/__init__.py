"""One readable document from the folders of runs and answers: its content, and what renders it."""
