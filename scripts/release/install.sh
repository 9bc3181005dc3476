#!/bin/sh
# Installs the release in dist/release/ in each way that docs/install.md names for this system, from that folder alone,
# and compares what each prints for `--version` with $1. uv and pipx come from the Python registry; npm comes with Node.js.
set -eu
version=$1
release=$PWD/dist/release
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet uv==0.13.9 pipx==1.18.4
# Nothing of the user's own is read or changed.
export HOME="$folder" UV_CACHE_DIR="$folder/uv" PIPX_HOME="$folder/pipx" PIPX_BIN_DIR="$folder/pipx_bin"
export npm_config_cache="$folder/npm" npm_config_update_notifier=false
failed=

try() {
  if printed=$("$1" 2>&1) && [ "$(printf '%s\n' "$printed" | tail -n 1)" = "$version" ]; then
    echo "  ok $1"
  else
    echo "  FAILED $1: $printed"
    failed=1
  fi
}

install_sh() { sh "$release/install.sh" --from "$release" --to "$folder/own bin" && "$folder/own bin/kedro-azureml" --version; }
pip() {
  "$folder/bin/pip" install --quiet --no-index --find-links "$release" kedro-azureml-cli
  "$folder/bin/kedro-azureml" --version
}
uvx() { "$folder/bin/uvx" --no-index --find-links "$release" --from kedro-azureml-cli kedro-azureml --version; }
pipx() {
  "$folder/bin/pipx" install "$release/kedro_azureml_cli-$version-"*"$system"*"_$(uname -m).whl"
  "$PIPX_BIN_DIR/kedro-azureml" --version
}
npx() {
  # npm refuses packages of other systems that are named, and skips those that others depend on.
  own=$(node -p '`kedro-azureml-cli-${process.platform}-${process.arch}`')
  command npx --offline --yes --package="$release/kedro-azureml-cli-$version.tgz" --package="$release/$own-$version.tgz" \
    -- kedro-azureml --version
}

case $(uname -s) in Darwin) system=macosx ;; *) system=linux ;; esac
for way in install_sh pip uvx pipx npx; do try "$way"; done
[ -z "$failed" ]
