"""What the benchmarks share: the machine, places to run in, processes, the job's check, reports."""
