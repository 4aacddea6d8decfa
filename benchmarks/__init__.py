"""What Outlast costs, measured beside its peers and beside what the machine allows.

``python -m benchmarks.run`` runs the workloads of `benchmarks/workloads/` and writes
`benchmarks/results/`. See `benchmarks/README.md`.
"""
