"""How fast mailcase is, measured against the floor of the same machine: `python -m bench`.

Each stage is a module with a function `run(options) -> Result`, told of in `bench.stages`.
"""

import sys
from pathlib import Path

# The laboratory's servers (Dovecot, PostgreSQL) live among the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
