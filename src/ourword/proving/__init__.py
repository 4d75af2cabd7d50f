"""Flaws that only a proof finds: what some customer, whoever it may be, would meet. Each is shown with the customer, decided by the real gate."""
