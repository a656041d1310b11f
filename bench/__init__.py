"""Benchmarks: what the connector costs beside Odoo's own work, as ratios of one run on one machine."""
