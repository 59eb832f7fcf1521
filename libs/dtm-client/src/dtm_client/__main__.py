"""``python -m dtm_client``."""

import sys

from dtm_client.coordinator.command import main

sys.exit(main())
