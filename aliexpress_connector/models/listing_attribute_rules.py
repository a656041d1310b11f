"""Quality rules about the category of a product and the attributes that it asks for; see `listing_rules`."""

import re

from ..lib import catalogue_rules as rules
from ..lib.payloads.product import attribute_text
from .quality_check import MANDATORY, RECOMMENDED, Problem


def check_category(check):
    category = check.template.aliexpress_category_id
    if not category:
        message = check.env._("The product has no AliExpress category. Choose one on its AliExpress page.")
    elif not category.is_leaf:
        message = check.env._("%(category)s has categories below it. Choose one of those.", category=category.name)
    elif not category.active:
        message = check.env._(
            "AliExpress no longer offers the category %(category)s. Choose another.", category=category.name
        )
    elif category.account_ids and check.account not in category.account_ids:
        message = check.env._(
            "The shop %(shop)s may not use the category %(category)s. Choose another, or ask AliExpress for it.",
            shop=check.account.name,
            category=category.name,
        )
    else:
        return
    yield Problem(MANDATORY, "category", message, check.template, "aliexpress_category_id")


def check_attributes(check):
    told = {choice.attribute_ref for choice in check.content.attributes if choice.attribute_ref}
    for attribute in check.resolver.get_asked_attributes(check.listing._get_template()):
        if attribute.ref in told:
            continue
        if attribute.is_required:
            message = _describe_missing(check, attribute)
            yield Problem(MANDATORY, "category", message, check.template, "aliexpress_required_line_ids")
        elif attribute.is_key:
            message = check.env._(
                "%(attribute)s is recommended in this category and has no value.", attribute=attribute.name
            )
            yield Problem(RECOMMENDED, "category", message, check.template, "aliexpress_recommended_line_ids")


def _describe_missing(check, attribute):
    if not attribute.parent_value_ids:
        return check.env._("%(attribute)s is mandatory in this category and has no value.", attribute=attribute.name)
    return check.env._(
        "%(attribute)s is mandatory beside %(values)s and has no value. Press Load Attributes on the product to fill "
        "it in.",
        attribute=attribute.name,
        values=_name_values(attribute.parent_value_ids),
    )


def _name_values(values):
    """The first of some attribute values in words."""
    return ", ".join(f"{value.attribute_id.name}: {value.name}" for value in values[:5])


def check_attribute_texts(check):
    attributes = {attribute.ref: attribute for attribute in check.template.aliexpress_category_id.attribute_ids}
    for choice in check.content.attributes:
        attribute = attributes.get(choice.attribute_ref)
        message = _describe_wrong_text(check.env, attribute, attribute.name if attribute else choice.name, choice)
        if message:
            yield Problem(MANDATORY, "category", message, check.template, "aliexpress_attribute_line_ids")


def _describe_wrong_text(env, attribute, name, choice):
    """What is wrong with the text of an `AttributeChoice`, "" when nothing."""
    text = attribute_text(choice)
    if rules.OTHER_VALUE in choice.value_refs and not choice.text:
        return env._("%(attribute)s says Other: write what it is.", attribute=name)
    if attribute and attribute.is_number and choice.text and not _is_number(choice.text):
        return env._("%(attribute)s must be a number, not %(text)s.", attribute=name, text=choice.text)
    if choice.unit and choice.unit not in attribute._get_units():
        return env._(
            "%(attribute)s is measured in %(units)s, not in %(unit)s.",
            attribute=name,
            units=attribute.units,
            unit=choice.unit,
        )
    if not attribute and len(name) > rules.ATTRIBUTE_NAME_LENGTH:
        return env._(
            "The name of your own attribute %(attribute)s is too long: %(limit)s characters at most.",
            attribute=name,
            limit=rules.ATTRIBUTE_NAME_LENGTH,
        )
    if len(text) > rules.ATTRIBUTE_TEXT_LENGTH:
        return env._(
            "The text of %(attribute)s has %(count)s characters, %(limit)s at most are allowed.",
            attribute=name,
            count=len(text),
            limit=rules.ATTRIBUTE_TEXT_LENGTH,
        )
    return ""


def check_lost_values(check):
    """What AliExpress took away is not sent any more, although the product still says it."""
    for line in check.template.with_context(active_test=False).aliexpress_attribute_line_ids:
        attribute = line.attribute_id
        if attribute.category_id != check.template.aliexpress_category_id:
            continue
        if not attribute.active:
            message = check.env._(
                "AliExpress no longer asks for %(attribute)s in this category: what the product says about it is not "
                "sent. Remove it.",
                attribute=attribute.name,
            )
        elif lost := line.value_ids.filtered(lambda value: not value.active):
            message = check.env._(
                "AliExpress no longer has the value %(value)s of %(attribute)s, which is not sent. Choose another.",
                value=", ".join(lost.mapped("name")),
                attribute=attribute.name,
            )
        else:
            continue
        yield Problem(RECOMMENDED, "category", message, check.template, "aliexpress_attribute_line_ids")


def check_dependent_values(check):
    """Some values are offered only beside a value of another attribute."""
    template = check.listing._get_template()
    told = check.resolver.get_told_values(template)
    asked = check.resolver.get_asked_attributes(template)
    chosen = {value for values, _text, _unit in told.values() for value in values}
    for attribute in asked & asked.browse(attribute.id for attribute in told):
        for value in told[attribute][0]:
            parents = value.parent_value_ids
            if parents and not chosen.intersection(parents):
                message = check.env._(
                    "%(value)s of %(attribute)s goes only with %(parents)s. Choose one of these, or another "
                    "%(attribute)s.",
                    value=value.name,
                    attribute=attribute.name,
                    parents=_name_values(parents),
                )
                yield Problem(MANDATORY, "category", message, check.template, "aliexpress_attribute_line_ids")


def _is_number(text):
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text.strip()))


ATTRIBUTE_RULES = (check_category, check_attributes, check_attribute_texts, check_dependent_values, check_lost_values)
