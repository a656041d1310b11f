"""The two families of methods that offer the same acts, behind one interface (`base.Family`)."""

from .base import Family
from .general import GeneralFamily
from .solution import SolutionFamily

FAMILIES = {family.name: family for family in (SolutionFamily, GeneralFamily)}

__all__ = ["FAMILIES", "Family", "GeneralFamily", "SolutionFamily"]
