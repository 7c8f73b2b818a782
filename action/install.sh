#!/usr/bin/env bash
# Installs ftlint into an environment of its own, so that it meets nothing of the workflow's.
set -euo pipefail

folder="$RUNNER_TEMP/ftlint-env"
"${FTLINT_PYTHON:-python3}" -m venv "$folder"
python="$folder/bin/python"
[ -e "$python" ] || python="$folder/Scripts/python.exe"

version="${FTLINT_VERSION:-}"
if [ -z "$version" ]; then
  what="$GITHUB_ACTION_PATH"
elif [[ "$version" =~ ^[0-9][0-9A-Za-z.]*$ ]]; then
  what="ftlint==$version"
else
  echo "::error::version: '${version//[^0-9A-Za-z. =<>~-]/?}' is no version; write it as 1.2.3"
  exit 2
fi
"$python" -m pip install --quiet --disable-pip-version-check "$what"
"$python" -m ftlint --version
