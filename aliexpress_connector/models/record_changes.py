"""What writing a record would change: most of what AliExpress tells is known, and costs no statement."""


def get_changes(record, values):
    """Those of `values` that differ from what `record` has."""
    return {name: value for name, value in values.items() if _is_changed(record, name, value)}


def _is_changed(record, name, value):
    field = record._fields[name]
    if field.type == "many2one":
        return record[name].id != value
    currency = record[field.get_currency_field(record)] if field.type == "monetary" else None
    if currency:
        return currency.compare_amounts(record[name], value) != 0
    return (record[name] or False) != (value or False)
