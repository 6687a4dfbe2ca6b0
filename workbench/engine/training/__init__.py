"""Training: the job, what it follows and keeps, and the trials before it."""
