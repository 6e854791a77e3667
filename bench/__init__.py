"""Benchmarks of serving, driving and fidelity, against peers measured in the same run. See README.md.

Nothing here is part of the product, and the product imports nothing from here. `python -m bench serve|drive|fidelity`
runs one from the top of a checkout.
"""
