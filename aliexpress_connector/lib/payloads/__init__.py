"""From the typed values of `lib.catalogue_values` to what AliExpress wants to be sent. Its names of fields stay in
here.
"""
