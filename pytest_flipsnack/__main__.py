"""`python -m pytest_flipsnack` is the console command, where that is not on the path."""

import sys

from pytest_flipsnack.cli import main

sys.exit(main())
