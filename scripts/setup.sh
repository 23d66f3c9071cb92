#!/usr/bin/env bash
# Brings a clean machine to where Parley runs: uv, the two locked environments, libzbar; with --test also Chromium.
# Safe to repeat; does nothing that is done already. Prints one line a step.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

say() { printf '  %s\n' "$*" >&2; }
stop() { printf '\n  %s\n\n' "$*" >&2; exit 1; }

# --- uv: the system's, else a private copy in .tools --------------------------------------------------------------
uv=""
if uv --version >/dev/null 2>&1; then
  uv="$(command -v uv)"
elif [ -x .tools/bin/uv ]; then
  uv="$root/.tools/bin/uv"
else
  say "uv is missing: installing a copy of our own into .tools"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .tools uv 2>/dev/null \
    || stop "uv could not be installed: python3 with pip is needed once, or install uv yourself and run this again."
  uv="$root/.tools/bin/uv"
fi

# --- Pythons: named by path where a version manager hides them behind shims; else uv finds or fetches its own ---------
python_path() { # MAJOR.MINOR
  local found dir
  if found="$(command -v "python$1")" && "$found" -c '' >/dev/null 2>&1; then echo "$found"; return; fi
  local IFS=:
  for dir in $PATH; do
    case "$dir" in
      */shims)
        for found in "${dir%/shims}"/versions/"$1".*/bin/python; do
          if [ -x "$found" ]; then echo "$found"; return; fi
        done ;;
    esac
  done
  echo "$1"
}

sync() { # FOLDER VERSION NAME
  local folder="$1" version="$2" name="$3"
  if (cd "$folder" && "$uv" sync --frozen --quiet --check >/dev/null 2>&1); then return; fi
  say "building the $name environment (Python $version)"
  (cd "$folder" && "$uv" sync --frozen --python "$(python_path "$version")" 2>&1 | tail -n 3 | sed 's/^/    /' >&2)
  [ -x "$folder/.venv/bin/python" ] || stop "The $name environment could not be built; see the lines above."
}

# An environment active in the caller's shell must not be mistaken for ours.
unset VIRTUAL_ENV
sync . 3.12 "main"
sync nlu 3.10 "language"

# --- native pieces ------------------------------------------------------------------------------------------------
install_native() { # APT_PACKAGE BREW_PACKAGE WHAT_FOR
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $1 ($3)"
    { apt-get install -y --no-install-recommends "$1" || { apt-get update && apt-get install -y --no-install-recommends "$1"; }; } \
      >/dev/null 2>&1 && return 0
  elif command -v brew >/dev/null; then
    say "installing $2 ($3)"
    brew install "$2" >/dev/null 2>&1 && return 0
  fi
  return 1
}

has_library() { .venv/bin/python -c "import ctypes.util, sys; sys.exit(ctypes.util.find_library('$1') is None)"; }

has_library zbar || install_native libzbar0 zbar "reads barcodes" \
  || say "libzbar is not here and could not be installed: photographs of barcodes will not be read. Install libzbar0 (Debian) or zbar (Homebrew)."

if [ "${1:-}" = --test ]; then
  chromium() { [ -n "${PARLEY_CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null; }
  chromium || install_native chromium chromium "drives the browser tests" \
    || stop "The browser tests need Chromium: install it, or name it in PARLEY_CHROMIUM."
fi
