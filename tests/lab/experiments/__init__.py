"""The experiments of the lab, one module each, found by their file names."""

import pkgutil
import re
from importlib import import_module

from lab.experiment import Experiment

_MODULE = re.compile(r"e\d\d_\w+")


def all_experiments() -> dict[str, Experiment]:
    """Return every experiment by name, in the order of their numbers."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__) if _MODULE.fullmatch(module.name))
    found = [import_module(f"{__name__}.{module}").EXPERIMENT for module in modules]
    return {experiment.name: experiment for experiment in found}
