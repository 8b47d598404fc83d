"""The embedded mail provider of the demo in a process of its own: `python -m bench.provider ADDRESS PASSWORD`.

It prints its IMAP port and serves until its standard input ends: what is measured instead of Dovecot where that is
not installed.
"""

import sys

from mailcase.sandbox.server import Sandbox

if __name__ == "__main__":
    sandbox = Sandbox()
    sandbox.start()
    sandbox.add_user(sys.argv[1], sys.argv[2])
    print(sandbox.imap_port, flush=True)
    sys.stdin.read()
    sandbox.stop()
