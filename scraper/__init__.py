"""Pages to entries, and runs: splitting, crawling, feeds, commands."""
