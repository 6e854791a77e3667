import subprocess
import sys

import pytest

_CODE = """
import sys
from smartsandbox.packs.no_pandas import leave_pandas_out
leave_pandas_out()
import numpy, pyarrow
assert pyarrow.array(numpy.arange(3)).to_numpy().tolist() == [0, 1, 2]
{then}
print("pandas" in sys.modules)
"""


def _loaded(then: str = "") -> str:
    ran = subprocess.run([sys.executable, "-c", _CODE.format(then=then)], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_conversions_of_numpy_load_no_pandas() -> None:
    assert _loaded() == "False"


def test_a_conversion_to_pandas_still_finds_it() -> None:
    pytest.importorskip("pandas")
    assert _loaded("pyarrow.array([1]).to_pandas()") == "True"
