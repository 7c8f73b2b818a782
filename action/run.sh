#!/usr/bin/env bash
# Runs a script of the action with the Python that ftlint was installed for.
set -euo pipefail

python="$RUNNER_TEMP/ftlint-env/bin/python"
[ -e "$python" ] || python="$RUNNER_TEMP/ftlint-env/Scripts/python.exe"
exec "$python" "$GITHUB_ACTION_PATH/action/$1"
