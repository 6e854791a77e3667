"""A pack as a shell script of cURL commands, one an exchange, in the pack's order: to read, to copy from, or to run."""

from __future__ import annotations

import base64
from pathlib import Path
from shlex import quote

from smartsandbox.packs.interchange.base import Exported, banner, text_file
from smartsandbox.packs.interchange.entries import Entry, as_text, for_sandbox, has_hosts, http_entries
from smartsandbox.packs.pack import Pack


def write_commands(pack: Pack, path: Path) -> Exported:
    """Write the script; it prints the status of each answer, and TARGET names where it sends."""
    done, names_host = Exported((path,)), has_hosts(pack)
    with text_file(path) as out:
        out.write(f"#!/bin/sh\n# {banner(pack)}\nTARGET=${{TARGET:-http://127.0.0.1:8080}}\n")
        for entry in http_entries(pack, done):
            out.write(f"\n{_comment(entry)}\n{command(entry, names_host)}\n")
            done.written += 1
    path.chmod(0o755)
    return done


def _comment(entry: Entry) -> str:
    exchange = entry.exchange
    ending = exchange.failure or (exchange.response.status if exchange.response else "")
    words = f"# {exchange.started_us / 1e6:.6f} s  {entry.endpoint}  {exchange.id}: {ending}"
    return words.replace("\n", " ").replace("\r", " ")


def command(entry: Entry, names_host: bool = False) -> str:
    """The command of one exchange."""
    request = entry.exchange.request
    parts = ["curl -sS -g --path-as-is --max-time 60 -o /dev/null -w '%{http_code}\\n'", f"-X {quote(request.method)}"]
    if request.method == "HEAD":
        parts[1] = "-I"
    parts += [f"-H {quote(_line(name, value))}" for name, value in for_sandbox(entry, names_host)]
    body, before = request.body, ""
    text = as_text(body)
    if body and (text is None or "\0" in text):
        before = f"printf %s {base64.b64encode(body).decode()} | base64 -d | "
        parts.append("--data-binary @-")
    elif body:
        parts.append(f"--data-raw {quote(text or '')}")
    if body and not any(name.lower() == "content-type" for name, _ in request.headers):
        parts.append("-H 'Content-Type:'")  # cURL would call it a form
    return f'{before}{" ".join(parts)} "$TARGET"{quote(request.target)}'


def _line(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name};"
