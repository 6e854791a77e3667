"""The demo's own page: the QPS curves recorded and replayed, and a way to everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.demo.folder import DemoFolder
from smartsandbox.packs.certificate import Certificate
from smartsandbox.packs.certificate_page import About, certificate_page
from smartsandbox.packs.claims import claim_of
from smartsandbox.packs.guard import PACK
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.report.html import STYLE, qps_figure

CERTIFICATE_PAGE = "certificate.html"


def write_index(folder: DemoFolder, pack: Pack, published: Mapping[str, str], reports: Mapping[int, Path]) -> Path:
    """Write index.html, and the page of the pack's certificate beside it; the path of the first.

    `published` is asset to ref, `reports` speed to HTML report.
    """
    manifest = pack.manifest
    about = About(PACK, f"{manifest.name}@{manifest.version}", {PACK: manifest.digest})
    beside = folder.root / CERTIFICATE_PAGE
    beside.write_text(certificate_page(pack.certificate, about, pack.signers), encoding="utf-8")
    page = folder.root / "index.html"
    page.write_text("\n".join(_lines(folder, pack.certificate, published, reports)), encoding="utf-8")
    return page


def _lines(
    folder: DemoFolder, certificate: Certificate, published: Mapping[str, str], reports: Mapping[int, Path]
) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>SmartSandbox demo</title><style>{STYLE}</style></head><body>"
    yield '<div class="banner" role="note">TEST ONLY: sandbox traffic, no production data</div><main>'
    yield "<h1>SmartSandbox demo</h1>"
    yield f'<p class="sub">{escape(_certificate_words(certificate))}</p>'
    yield f'<p><a href="{CERTIFICATE_PAGE}">the certificate as a page</a>, for a privacy reviewer</p>'
    for speed, report in sorted(reports.items()):
        value: dict[str, Any] = orjson.loads(report.with_suffix(".json").read_bytes())
        link = escape(report.relative_to(folder.root).as_posix())
        verdict = value["verdict"]["name"]
        yield f'<h2>Driven at {speed}x: <span class="verdict {verdict}">{verdict}</span></h2>'
        yield f'<p><a href="{link}">the whole report</a>: latency by endpoint, status mix, distances</p>'
        yield qps_figure(value)
    yield "<h2>Published</h2><ul>"
    yield from (f"<li>{escape(asset)}: <code>{escape(ref)}</code></li>" for asset, ref in sorted(published.items()))
    yield "</ul></main></body></html>\n"


def _certificate_words(certificate: Certificate) -> str:
    return f"{claim_of(certificate).sentence} The certificate is that of the trace that every pack here is cut from."
