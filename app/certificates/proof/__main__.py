"""``python -m app.certificates.proof``"""

import sys

from app.certificates.proof.program import main

sys.exit(main())
