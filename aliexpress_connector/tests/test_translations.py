import io
import re

import polib

from odoo import fields
from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

ADDON = "aliexpress_connector"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The template that translators work from has exactly the terms of the sources."""

    def test_the_template_is_up_to_date(self):
        buffer = io.BytesIO()
        trans_export(None, [ADDON], buffer, "po", self.env)
        found = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        template = {entry.msgid for entry in polib.pofile(f"{get_module_path(ADDON)}/i18n/{ADDON}.pot")}
        advice = "./dev i18n writes the template anew"
        self.assertFalse(found - template, advice)
        self.assertFalse(template - found, advice)

    def test_menus_that_texts_name_exist(self):
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True}).search(fields.Domain.TRUE)
        known = set(menus.mapped("complete_name"))
        path = re.compile(r"AliExpress(?: > [A-Z]\w+(?: (?:and )?[A-Z]\w+)*)+")
        template = polib.pofile(f"{get_module_path(ADDON)}/i18n/{ADDON}.pot")
        named = {found.replace(" > ", "/") for entry in template for found in path.findall(entry.msgid)}
        self.assertTrue(named)
        self.assertFalse(named - known)
