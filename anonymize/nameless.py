"""Files without a name: raw-zone data that outgrows memory and is gone when the process ends, however it ends."""

from __future__ import annotations

import tempfile
import weakref
from typing import IO


def nameless_file(owner: object) -> IO[bytes]:
    """A new file in the folder that TMPDIR names, unlinked at once where the system can; closed when `owner` goes."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - its owner keeps it open
    weakref.finalize(owner, file.close)
    return file
