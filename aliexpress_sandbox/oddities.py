"""Answers that differ from what is documented: shops that play by other rules."""


def without(data, fault):
    """The data without the keys named in the fault's text."""
    names = {name.strip() for name in fault.text.split(",")}

    def walk(value):
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items() if key not in names}
        return [walk(item) for item in value] if isinstance(value, list) else value

    return walk(data)


def with_extras(data, _fault):
    """The data with unknown keys in every object."""
    if isinstance(data, dict):
        odd = {"new_in_this_version": {"a": [1, None, {"b": "c"}]}, "another_flag": None}
        return {**{key: with_extras(item, _fault) for key, item in data.items()}, **odd}
    return [with_extras(item, _fault) for item in data] if isinstance(data, list) else data


def as_text(data, _fault):
    """The data with every number written as text."""
    if isinstance(data, dict):
        return {key: as_text(item, _fault) for key, item in data.items()}
    if isinstance(data, list):
        return [as_text(item, _fault) for item in data]
    is_number = isinstance(data, (int, float)) and not isinstance(data, bool)
    return str(data) if is_number else data


KINDS = {"drop_field": without, "extra_field": with_extras, "as_text": as_text}
