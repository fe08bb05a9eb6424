#!/usr/bin/env bash
# Makes sure of what the tests need beside Python: Redis, Chromium, Java (for the HTML checker), two
# packages from npm, and the programs that read the files of deploy/. On Debian and Ubuntu it
# installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/browser"

declare -A package=([redis-server]=redis-server [chromium]=chromium [java]=default-jre-headless
  [npm]=npm [nginx]=nginx-light [systemd-analyze]=systemd [openssl]=openssl)
missing=()
# Debian keeps nginx where only root looks for commands.
PATH="$PATH:/usr/sbin"
for command in "${!package[@]}"; do
  command -v "$command" >/dev/null || missing+=("${package[$command]}")
done

if ((${#missing[@]})); then
  as_root=()
  ((EUID == 0)) || as_root=(sudo)
  if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-apt-get}" >/dev/null; then
    echo "The tests need ${missing[*]}. Please install them and start again." >&2
    exit 1
  fi
  echo "Installing ${missing[*]} for the tests ..."
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y --no-install-recommends \
    "${missing[@]}" >/dev/null
fi

npm ci --silent --no-audit --no-fund --ignore-scripts
