"""The Train page: the runs, their set-up and what they come to."""
