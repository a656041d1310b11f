"""Everything that knows AliExpress' protocol, in pure Python: nothing here imports Odoo."""
