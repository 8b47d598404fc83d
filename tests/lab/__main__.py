"""`python -m tests.lab` runs the experiments; see `lab/runner.py`."""

import os
import sys
from importlib import import_module
from pathlib import Path

if "--short" not in sys.argv:
    os.environ.setdefault("LAB_PATIENCE_S", "600")  # read as the lab is imported
sys.path.insert(0, str(Path(__file__).parents[1]))  # where the tests import `lab` from, too
sys.exit(import_module("lab.runner").main())
