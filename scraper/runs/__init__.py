"""Unattended refreshes: crawl, check, apply to the state, publish."""
