"""From decoded answers to the typed values of `lib.values`. AliExpress' names of fields stay here and in `families`."""
