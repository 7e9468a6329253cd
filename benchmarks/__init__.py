"""Measurements: `make bench`, or `python -m benchmarks NAME…` where PostgreSQL and Redis are named by the environment.

One file for each subject. A function under `@benchmark` yields `Measured` figures of the portal, and beside them those of a
bare floor in the same run: absolute figures say how fast the machine is, the ratio says what the portal costs.
"""
