"""`smartsandbox noise`: which fields of a target's answers differ from run to run, as rules for `drive --rules`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from smartsandbox.commands.options import store_option
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("noise")
@click.argument("pack")
@store_option
@click.option("--target", required=True, help="URL of the sandbox; only this machine is driven.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The rules file to write.")
@click.option("--runs", type=click.IntRange(2), default=2, show_default=True, help="How often to drive the pack.")
@click.option("--twin", help="URL of an equal sandbox: it is driven once after the first, instead of --runs.")
@click.option(
    "--least",
    type=click.FloatRange(0.0, 1.0),
    default=0.05,
    show_default=True,
    help="Share of an endpoint's answers in which a field must differ to get a rule.",
)
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times the recorded pace.")
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Rules that hold already, and how to sign and log in.",
)
@click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM authorities for https.")
def noise_command(pack: str, store_url: str, target: str, twin: str | None, out: Path, runs: int, **given: Any) -> None:
    """Drive PACK several times at one sandbox and write a rule for each field that differs between the runs. TEST ONLY.

    Read the rules before you use them. Values that later requests need are bound, and get no rule.
    """
    from smartsandbox.replay_engine.drive.noise import learn_noise
    from smartsandbox.replay_engine.drive.options import DriveOptions
    from smartsandbox.replay_engine.drive.pacing import Pacing
    from smartsandbox.replay_engine.drive.rules_file import noise_text, read_rules
    from smartsandbox.replay_engine.drive.sandbox.rules import SandboxRules
    from smartsandbox.replay_engine.drive.target import resolve_target

    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: its folder does not exist; make it first")
    file = given["rules_file"]
    rules = SandboxRules() if file is None else read_rules(file, os.environ)
    options = DriveOptions(pacing=Pacing(given["speed"]), rules=rules)
    urls = [target] * runs if twin is None else [target, twin]
    targets = [resolve_target(url, given["ca"]) for url in urls]
    opened = Pack.open(locate(PACKS, pack, store_url))
    learnt = learn_noise(opened, targets, options, given["least"])
    out.write_text(noise_text(learnt.rules, len(targets)), encoding="utf-8")
    for rule in learnt.rules.given:
        click.echo(f"{rule.endpoint}  {rule.at or '(whole body)'}  {rule.keep}: {rule.cause}, {rule.seen} of {rule.of}")
    for endpoint, count in learnt.unsteady.items():
        click.echo(
            f"{endpoint}  {count} pairs of answers had other statuses, or one had none: there is no rule for that"
        )
    if learnt.rare:
        click.echo(f"{learnt.rare} places differed in fewer than {given['least']:.0%} of the answers: no rule for them")
    click.echo(f"{len(learnt.rules.given)} rules from {len(targets)} runs in {out}   TEST ONLY")
