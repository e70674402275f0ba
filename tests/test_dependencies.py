"""What a template is made from, as Python itself sees it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from compendium import dependencies
from compendium.publishing.pipeline import notebooks

LOADED = "\nimport sys; print(*(m.__file__ for n, m in sys.modules.items() if n.partition('.')[0] == 'compendium'))"


@pytest.mark.parametrize("notebook", ["findings", "codebook", "implementation"])
def test_just_the_modules_that_python_loads_are_reached(root: Path, notebook: str) -> None:
    job = notebooks.select_jobs(notebooks.list_jobs(root), None, notebook)[0]
    package = root / "analysis" / "compendium"
    nodes = ast.walk(ast.parse(notebooks.template_code(job.template)))
    statement = "\n".join(ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    done = subprocess.run([sys.executable, "-c", statement + LOADED], capture_output=True, text=True, check=True)
    assert dependencies.required_files(package, statement) == {Path(path) for path in done.stdout.split()}
    assert dependencies.required_files(package, statement) <= set(notebooks.job_sources(job))


def test_every_form_of_import_is_seen(tmp_path: Path) -> None:
    for name in ("__init__", "one", "two", "three", "four", "inner/__init__", "inner/five", "inner/six"):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("", encoding="utf-8")
    (tmp_path / "one.py").write_text("from compendium.two import thing\n", encoding="utf-8")
    (tmp_path / "two.py").write_text("def f():\n    from compendium import one, three\n", encoding="utf-8")
    code = "import pandas\nimport compendium.inner.five\nfrom compendium import (\n    one,\n    nothing,\n)\n"
    found = {path.relative_to(tmp_path).as_posix() for path in dependencies.required_files(tmp_path, code)}
    assert found == {"__init__.py", "one.py", "two.py", "three.py", "inner/__init__.py", "inner/five.py"}
