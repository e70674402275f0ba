import sys, json, shutil
sys.path.insert(0,"tests")
from pathlib import Path
import made, pytest
from test_templates import young, run, check, copy_of_notebooks, copy
@pytest.mark.parametrize("page", ["sequence","institutions"])
def test_y(young, page):
    check(run(young,"across",page))
