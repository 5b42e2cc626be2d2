"""How fast the model is, against the fastest programs we can write and against its own readable engine."""
