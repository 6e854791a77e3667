"""The jobs: everything from a capture to published packs for one partition, and the catalogue's refresh."""

import dagster as dg

CATALOGUE = dg.AssetSelection.assets("catalogue")

capture_to_packs = dg.define_asset_job(
    "capture_to_packs",
    selection=dg.AssetSelection.all() - CATALOGUE,
    description="One day's capture of a service: anonymise, check, fit, build, check again and publish.",
)

refresh_catalogue = dg.define_asset_job(
    "refresh_catalogue",
    selection=CATALOGUE,
    description="Write down what the store holds.",
)
