parallel_runs = 0
