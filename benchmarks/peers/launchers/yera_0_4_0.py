"""Start Yera 0.4.0's dev server without its command line, whose imports every session would repeat.

Arguments: the folder with the apps, the port.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    from yera.apps.discovery import discover_apps
    from yera.dev.container import create_dev_server

    create_dev_server(discover_apps(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2])).run()
