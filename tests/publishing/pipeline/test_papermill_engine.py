"""The forked engine shows what an ordinary kernel shows, and notices what goes wrong."""

import base64
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n not a real picture").decode()
SHOWN = [
    "import sys\nfrom IPython.display import *\nprint('out'); print('put', end=''); print(' error', file=sys.stderr)",
    "import pandas as pd\npd.DataFrame({f'column {n}': ['a long text ' * 4, 'b'] for n in range(30)})",
    "print(pd.DataFrame({f'column {n}': range(100) for n in range(25)}))",
    "pd.Series([0.1 + 0.2, 1e-12, None], name='ü–x')",
    "made = {'application/x-made+json': {'b': (1, 2), 'a': [1.5e-7, None]}, 'text/plain': 'x'}\n"
    "display(made, raw=True, metadata={'k': 1})",
    "handle = display(HTML('<b>1</b>'), display_id='fixed'); print('between'); handle.update(HTML('<b>2</b>'))",
    "handle.update(HTML('<b>3</b>')); display(Markdown('*m*'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
    "print('gone'); clear_output(); print('stays')",
    "print('gone'); clear_output(wait=True); display('first'); 'second'",
    "class Rich:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
    "        shown = {'text/html': '<i>r</i>', 'text/plain': 'r', 'application/json': {'x': [1]}}\n"
    "        return shown, {'text/html': {'isolated': True}}\n"
    "Rich()",
    "import altair as alt\nalt.renderers.register('plain', lambda spec: {'application/vnd.vegalite.v6+json': spec})\n"
    "alt.renderers.enable('plain')\n"
    "alt.Chart(pd.DataFrame({'a': [1, 2]})).mark_bar().encode(x='a:Q').properties(title='Made up')",
    f"import base64\nImage(base64.b64decode('{PIXEL}'))",
    "import asyncio\nawait asyncio.sleep(0)\n__name__",
    "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\nPoint(3), Point.__module__, _",
    "!echo from a subprocess",
    "None",
    "1;",
    "x = 5\nx",
    "import warnings\nwarnings.warn('careful', stacklevel=1)",
    "pd.get_option('display.max_columns'), pd.get_option('display.width'), sys.stdout.isatty(), sys.stdout.encoding",
]


def execute(cells: list[str], engine: str | None, **options: Any) -> NotebookNode:
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    return papermill.execute_notebook(
        notebook, None, engine_name=engine, kernel_name="python3", language="python", progress_bar=False, **options
    )


def outputs(notebook: NotebookNode) -> list[list[NotebookNode]]:
    """The outputs of each cell; a kernel may cut a stream anywhere, so its pieces are joined."""
    joined = []
    for cell in notebook.cells:
        merged: list[NotebookNode] = []
        for output in cell.outputs:
            if merged and output.output_type == merged[-1].output_type == "stream" and output.name == merged[-1].name:
                merged[-1].text += output.text
            else:
                merged.append(output)
        joined.append(merged)
    return joined


def test_outputs_are_those_of_an_ordinary_kernel() -> None:
    forked, ordinary = execute(SHOWN, "forked"), execute(SHOWN, None)
    for source, ours, theirs in zip(SHOWN, outputs(forked), outputs(ordinary), strict=True):
        if "warnings.warn" in source:  # the warning names the temporary file of the cell, which holds the process's id
            ours, theirs = ours[0].text.split(": ", 1)[1], theirs[0].text.split(": ", 1)[1]
        assert ours == theirs, source
    assert [cell.execution_count for cell in forked.cells] == [cell.execution_count for cell in ordinary.cells]


def test_an_exception_is_reported_as_by_papermill() -> None:
    cells = ["1", "def broken():\n    return {}['key']\nbroken()", "2"]
    with pytest.raises(PapermillExecutionError) as ours:
        execute(cells, "forked")
    with pytest.raises(PapermillExecutionError) as theirs:
        execute(cells, None)
    for name in ("cell_index", "exec_count", "source", "ename", "evalue"):
        assert getattr(ours.value, name) == getattr(theirs.value, name)
    assert "return {}['key']" in str(ours.value)


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ("import os; print('last words'); os._exit(3)", "DeadKernelError", "exit status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError", "exit status -9"),
        ("while True: pass", "CellTimeoutError", "longer than 1 second"),
        ("%no_such_magic", "CellExecutionError", "no_such_magic"),
        ("x = (", "_IncompleteInputError|SyntaxError", ""),
        ("input()", "EOFError", ""),
    ],
)
def test_what_goes_wrong_is_named(source: str, name: str, said: str) -> None:
    with pytest.raises(PapermillExecutionError) as failed:
        execute(["1", source, "2"], "forked", execution_timeout=1 if source.startswith("while") else 60)
    assert failed.value.ename in name.split("|")
    assert said in failed.value.evalue
    assert failed.value.cell_index == 1


def test_each_cell_has_the_whole_limit() -> None:
    execute(["import time; time.sleep(2)"] * 2, "forked", execution_timeout=3.5)


def test_notebooks_do_not_see_each_other() -> None:
    first = execute(
        ["import pandas as pd, builtins\npd.set_option('display.precision', 2)\nbuiltins.left = 1"], "forked"
    )
    second = execute(
        ["import pandas as pd, builtins\npd.get_option('display.precision'), hasattr(builtins, 'left')"], "forked"
    )
    assert first.cells[0].outputs == []
    assert second.cells[0].outputs[0].data["text/plain"] == "(6, False)"


def test_the_working_directory_is_the_folder_that_is_given(tmp_path: Path) -> None:
    notebook = execute(["import os; os.getcwd()"], "forked", folder=str(tmp_path))
    assert notebook.cells[0].outputs[0].data["text/plain"] == repr(str(tmp_path))


def test_empty_and_markdown_cells_are_passed_over() -> None:
    notebook = new_notebook(cells=[new_code_cell(" \n"), nbformat.v4.new_markdown_cell("text"), new_code_cell("1 + 1")])
    done = papermill.execute_notebook(
        notebook, None, engine_name="forked", kernel_name="python3", language="python", progress_bar=False
    )
    assert [cell.get("execution_count") for cell in done.cells] == [None, None, 1]
