import io
import re
from pathlib import Path

import polib

from odoo import fields
from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

from .test_operations_error_texts import find_all_texts

ADDON = "aliexpress_connector"
# What the README names without saying that it lies below AliExpress.
OWN_MENUS = ("Configuration", "Reporting")


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

    def test_menus_that_the_readme_and_messages_name_are_found(self):
        """A menu that only the developer mode shows is named together with it."""
        readme = Path(get_module_path(ADDON)).parent / "README.rst"
        if not readme.exists():
            self.skipTest("the README is part of the repository, not of the addon")
        paragraphs = re.sub(r"\s*\n +", " ", readme.read_text()).split("\n\n")
        named = [(path, text) for text in paragraphs for path in re.findall(r"\*(\w[\w ]* →[^*]+)\*", text)]
        in_message = re.compile(r"\w+(?: > [A-Z]\w+(?: (?:and )?[A-Z]\w+)*)+")
        named += [(path, text) for text in find_all_texts() for path in in_message.findall(text)]
        self.assertGreater(len(named), 8)
        for path, text in named:
            with self.subTest(path=path):
                steps = [step.strip() for step in re.split("[→>]", path)]
                found = self.find_menus(["AliExpress", *steps] if steps[0] in OWN_MENUS else steps)
                self.assertTrue(found)
                if all(self.is_technical(menu) for menu in found):
                    self.assertIn("developer mode", re.sub(r"\s+", " ", text))

    def find_menus(self, steps):
        """The menus below each other that these labels lead to; headings between them need not be named."""
        all_menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        menus = all_menus.search([("parent_id", "=", False), ("name", "=", steps[0])])
        for step in steps[1:]:
            menus = all_menus.search([("id", "child_of", menus.ids), ("name", "=", step)]) - menus
        return menus

    def is_technical(self, menu):
        technical = self.env.ref("base.group_no_one")
        return bool(menu) and (technical in menu.group_ids or self.is_technical(menu.parent_id))
