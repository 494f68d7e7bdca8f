"""How the worker scales: with partitions, with what is stored, with functions, along a chain."""
