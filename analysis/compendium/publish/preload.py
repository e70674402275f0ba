"""What the server imports once for all notebooks: the shell, and the lower floors with their libraries.

A module that can not be imported is passed over here: the notebook that needs it tells why.
"""

import gc
import importlib
import pkgutil
from contextlib import suppress

import compendium

FLOORS = [module.name for module in pkgutil.iter_modules(compendium.__path__, "compendium.") if not module.ispkg]

for name in ["compendium.publish.kernel", *FLOORS]:
    with suppress(Exception):
        importlib.import_module(name)

gc.freeze()  # or the collector of each forked process would touch, and so copy, all these pages
