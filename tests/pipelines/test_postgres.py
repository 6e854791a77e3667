"""The settings for PostgreSQL, against a real cluster that this test makes and removes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import yaml

HOME = Path(__file__).parents[2] / "dagster_home"
USER = "postgres"


def programs() -> Path | None:
    """The newest Debian or PATH installation of the PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", USER, "--", *command] if os.geteuid() == 0 else command


def run(command: list[str]) -> None:
    done = subprocess.run(as_server_user(command), capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr or done.stdout


@contextmanager
def cluster() -> Iterator[int]:
    binaries = programs()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    if os.geteuid() == 0 and subprocess.run(["id", USER], capture_output=True, check=False).returncode:
        pytest.skip(f"this runs as root and there is no user {USER} to run the server as")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Not under tmp_path: pytest's folders are closed to the server's user.
    base = Path(tempfile.mkdtemp(prefix="smartsandbox-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(base, USER)
        data = str(base / "data")
        run([str(binaries / "initdb"), "-D", data, "-U", "dagster", "--auth=trust", "--no-sync"])
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={base} -c fsync=off"
        control = [str(binaries / "pg_ctl"), "-D", data, "-w"]
        run([*control, "-l", str(base / "log"), "-o", options, "start"])
        try:
            yield port
        finally:
            run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_asset_materialises_with_its_history_in_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(HOME / "dagster-postgres.yaml", tmp_path / "dagster.yaml")

    @dg.asset
    def one() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"dagster/row_count": 7})

    with cluster() as port:
        for name, value in {"USER": "dagster", "PASSWORD": "unused", "HOST": "127.0.0.1", "DB": "postgres"}.items():
            monkeypatch.setenv(f"SMARTSANDBOX_PG_{name}", value)
        monkeypatch.setenv("SMARTSANDBOX_PG_PORT", str(port))
        with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
            assert dg.materialize([one], instance=instance).success
        with dg.DagsterInstance.from_config(str(tmp_path)) as reopened:
            event = reopened.get_latest_materialization_event(dg.AssetKey("one"))
            assert event is not None
            assert event.asset_materialization is not None
            assert event.asset_materialization.metadata["dagster/row_count"].value == 7
            assert type(reopened.event_log_storage).__name__ == "PostgresEventLogStorage"


def test_both_variants_differ_in_their_storage_only() -> None:
    local = yaml.safe_load((HOME / "dagster.yaml").read_text())
    postgres = yaml.safe_load((HOME / "dagster-postgres.yaml").read_text())
    credentials = postgres.pop("storage")["postgres"]["postgres_db"]
    assert postgres == local
    assert credentials.pop("scheme") == "postgresql+psycopg2"
    assert all(set(value) == {"env"} for value in credentials.values())


def test_the_local_settings_load(tmp_path: Path) -> None:
    shutil.copy(HOME / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_monitoring_settings["free_slots_after_run_end_seconds"] == 60
        assert not instance.telemetry_enabled
