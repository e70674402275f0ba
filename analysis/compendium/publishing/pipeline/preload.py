"""What the server imports once for all notebooks.

Only libraries: the project's own modules change the state of some of them when they are imported (they enable a theme
for charts, say), which must happen in those notebooks alone that do import them, as with an ordinary kernel.
A library that is missing is passed over here; the notebook that needs it tells.
"""

import gc
import importlib
import os
from contextlib import suppress

# Notebooks run side by side, one a core, and no figure may hang on how many cores there are.
os.environ["OMP_NUM_THREADS"] = "1"


for name in (
    "compendium.publishing.pipeline.forked_kernel",
    "altair",
    "pandas",
    "pandera.pandas",
    "scipy.stats",
    "vl_convert",
):
    with suppress(ImportError):
        importlib.import_module(name)


gc.freeze()  # or the collector of each forked process would touch, and so copy, all these pages
