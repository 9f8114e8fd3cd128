"""``python -m meetd`` is the ``meetd`` command."""

import sys

from meetd.cli import main

sys.exit(main())
