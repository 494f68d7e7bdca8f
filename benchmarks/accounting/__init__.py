"""Where the CPU of the reference job goes, and what the least for each part would be."""
