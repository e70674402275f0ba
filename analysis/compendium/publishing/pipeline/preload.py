"""Libraries that the fork server imports once for all notebooks.

The project's own modules are not preloaded, because importing some of them changes the state of libraries (for example
the chart theme). That must happen only in notebooks that import them, as in an ordinary kernel. A missing library is
skipped here; the notebook that imports it reports the error.
"""

import gc
import importlib
import os
from contextlib import suppress

# Notebooks run in parallel, one per core, and no value may depend on the number of cores.
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


gc.freeze()  # otherwise garbage collection in each forked process would copy the shared memory
