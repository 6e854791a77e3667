"""`smartsandbox serve`: a pack answers HTTP requests as its service did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from smartsandbox.commands.event_options import event_options, events_in
from smartsandbox.commands.matching import fitting, matching_option, require_matched, unmatched_option
from smartsandbox.commands.options import store_option
from smartsandbox.commands.scenario_option import scenarios_in, scenarios_option
from smartsandbox.commands.session_options import session_options
from smartsandbox.commands.shape_options import shape_options
from smartsandbox.commands.template_option import compiled_in, templates_option
from smartsandbox.commands.tls import identity_of, tls_options
from smartsandbox.packs.matching.rules_file import read_rules
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("serve")
@click.argument("pack")
@store_option
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to bind; any but loopback opens it to a network."
)
@shape_options
@click.option(
    "--exhausted",
    type=click.Choice(["last", "cycle", "fail"]),
    default="last",
    show_default=True,
    help="What a session gets once it has had every recorded answer to a request.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that share the port."
)
@click.option("--realtime", is_flag=True, help="Answer before other work of this machine; needs the kernel's leave.")
@click.option("--watch", is_flag=True, help="Serve a newer version of PACK as soon as there is one.")
@scenarios_option
@templates_option
@event_options
@tls_options
@session_options
@matching_option
@unmatched_option
def serve_command(
    pack: str,
    store_url: str,
    port: int,
    host: str,
    latency: str,
    errors: str,
    chaos: str,
    seed: int,
    exhausted: str,
    workers: int,
    realtime: bool,
    watch: bool,
    scenarios_file: Path | None,
    events_file: Path | None,
    callback: str | None,
    callback_allow: tuple[str, ...],
    events_state: Path | None,
    tls: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    session_by: str,
    advance: str,
    history: int,
    clock: str,
    clock_unit: str,
    expiry: str,
    unknown_message: str,
    templates_file: Path | None,
    matching_file: Path | None,
    unmatched: str,
) -> None:
    """Serve PACK (a folder, or NAME[@VERSION]) until SIGTERM or Ctrl-C. TEST ONLY.

    Callers are told apart by the header X-Sandbox-Session, else by their credential. GET /__sandbox/health and
    /__sandbox/stats tell how it goes; POST /__sandbox/explain says why a request was not answered. SIGHUP, or POST
    /__sandbox/reload, serves what PACK names now, without dropping a request.
    """
    from smartsandbox.replay_engine.serve.chaos import chaos_of
    from smartsandbox.replay_engine.serve.error_mix import errors_of
    from smartsandbox.replay_engine.serve.fleet import serve
    from smartsandbox.replay_engine.serve.latency import latency_of
    from smartsandbox.replay_engine.serve.misses import Misses
    from smartsandbox.replay_engine.serve.naming import SessionBy
    from smartsandbox.replay_engine.serve.options import Advance, ServeOptions
    from smartsandbox.replay_engine.serve.scenarios import scenarios_of
    from smartsandbox.replay_engine.serve.server import Source
    from smartsandbox.replay_engine.sessions import Exhausted
    from smartsandbox.replay_engine.websocket.turns import Unknown

    times, effects = latency_of(latency, seed)
    misses = Misses()
    rules = read_rules(matching_file) if matching_file else None
    options = ServeOptions(
        latency=times,
        exhausted=Exhausted(exhausted),
        session_by=SessionBy(session_by),
        advance=Advance(advance),
        history=history,
        clock=clock,
        clock_unit=clock_unit,
        enforce_expiry=expiry == "enforce",
        templates=compiled_in(templates_file),
        events=events_in(events_file, callback, callback_allow, events_state),
        selectors=(*errors_of(errors, seed), scenarios_of(scenarios_in(scenarios_file))),
        effects=(*effects, chaos_of(chaos, seed)),
        unknown_message=Unknown(unknown_message),
        matching=rules,
        unmatched=unmatched,
        misses=misses,
        realtime=realtime,
    )

    def load() -> Pack:
        return fitting(Pack.open(locate(PACKS, pack, store_url)), rules, matching_file)

    def seen() -> object:
        folder = locate(PACKS, pack, store_url)
        return folder, sorted((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in folder.iterdir())

    def tell(words: str) -> None:
        click.echo(words, err=True)

    def ready(served: Pack, url: str) -> None:
        manifest = served.manifest
        marks = "TEST ONLY" if manifest.anonymised else "TEST ONLY, NOT ANONYMISED"
        click.echo(f"serving {manifest.name}@{manifest.version} at {url}  {marks}")

    with identity_of(tls, tls_cert, tls_key, host) as identity:
        source = Source(load, seen if watch else None)
        serve(source, host, port, replace(options, tls=identity), ready, tell, workers)
    require_matched(misses.count)
