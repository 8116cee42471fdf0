"""Pages of invented content in the structure of real sites, and what each page says."""
