"""Indexes with which the jobs find what changed without reading whole tables. The models themselves are untouched."""

from odoo import models


class AliexpressAttributeMapping(models.Model):
    _inherit = "aliexpress.attribute.mapping"

    _write_date_idx = models.Index("(write_date)")


class AliexpressAttributeMappingValue(models.Model):
    _inherit = "aliexpress.attribute.mapping.value"

    _write_date_idx = models.Index("(write_date)")


class AliexpressOrder(models.Model):
    _inherit = "aliexpress.order"

    _write_date_idx = models.Index("(write_date)")


class AliexpressProductAttributeLine(models.Model):
    _inherit = "aliexpress.product.attribute.line"

    _write_date_idx = models.Index("(write_date)")


class AliexpressProductImage(models.Model):
    _inherit = "aliexpress.product.image"

    _write_date_idx = models.Index("(write_date)")


class ProductProduct(models.Model):
    _inherit = "product.product"

    _aliexpress_write_date_idx = models.Index("(write_date)")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    _aliexpress_write_date_idx = models.Index("(write_date)")


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    _aliexpress_write_date_idx = models.Index("(write_date)")


class StockMove(models.Model):
    _inherit = "stock.move"

    _aliexpress_write_date_idx = models.Index("(write_date)")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    _aliexpress_write_date_idx = models.Index("(write_date)")
