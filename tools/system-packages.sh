#!/usr/bin/env bash
# Install the named Debian packages that are missing, if this machine lets us; otherwise say what will be skipped.
set -euo pipefail

missing=()
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

run=""
if [ "$(id -u)" -ne 0 ]; then
  run="sudo -n"
fi
if ! command -v apt-get >/dev/null || { [ -n "$run" ] && ! $run true 2>/dev/null; }; then
  echo "cannot install ${missing[*]} here: the tests that need them are skipped, and say so"
  exit 0
fi
printf '\n\033[1m== Installing Debian packages: %s\033[0m\n' "${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq >/dev/null || true
$run apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
  echo "installing ${missing[*]} failed: the tests that need them are skipped, and say so"
