"""``python -P -m outlast.worker FD``: a template, which talks to its executor on an inherited socket."""

from __future__ import annotations

import sys

from outlast.worker.template import main

if __name__ == "__main__":
    main(int(sys.argv[1]))
