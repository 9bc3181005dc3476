#!/bin/sh
# The steps of action.yml, on all runners of GitHub: Git's sh and tools are on those of Windows too.
set -eu

fail() {
  printf '::error::%s\n' "$1" >&2
  exit 1
}

fetch() {
  case $1 in
  https://* | http://127.0.0.1[:/]* | http://localhost[:/]*)
    curl --proto-redir =https --fail --silent --show-error --location --retry 3 --output "$2" "$1"
    ;;
  http://*) fail "Cannot install from $1: it is not encrypted" ;;
  *) cp "$1" "$2" ;;
  esac || fail "Cannot fetch $1"
}

archive() {
  case $RUNNER_ARCH in
  X64) processor=x86_64 ;;
  ARM64) processor=aarch64 ;;
  *) fail "kedro-azureml has no release for $RUNNER_OS on $RUNNER_ARCH" ;;
  esac
  case $RUNNER_OS in
  Linux) echo "kedro-azureml-$processor-unknown-linux-gnu.tar.gz" ;;
  macOS) echo "kedro-azureml-$processor-apple-darwin.tar.gz" ;;
  Windows) echo "kedro-azureml-x86_64-pc-windows-msvc.zip" ;;
  esac
}

# Fetches the checksums, which say which archive is the right one.
find_release() {
  if [ -z "$FROM" ]; then
    releases=$SERVER/$REPOSITORY/releases
    case $VERSION in
    latest) FROM=$releases/latest/download ;;
    *) FROM=$releases/download/v${VERSION#v} ;;
    esac
  fi
  name=$(archive)
  folder=$RUNNER_TEMP/kedro-azureml-release
  mkdir -p "$folder"
  fetch "${FROM%/}/SHA256SUMS" "$folder/SHA256SUMS"
  sha256=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\$/\1/p" "$folder/SHA256SUMS")
  [ -n "$sha256" ] || fail "$FROM/SHA256SUMS does not list $name"
  printf 'from=%s\nfile=%s\nsha256=%s\n' "${FROM%/}" "$folder/$name" "$sha256" >>"$GITHUB_OUTPUT"
}

# The install scripts compare the archive with its checksum, wherever it came from.
install_file() {
  [ -e "$FILE" ] || fetch "$FROM/${FILE##*/}" "$FILE"
  to=$RUNNER_TEMP/kedro-azureml
  if [ "$RUNNER_OS" = Windows ]; then
    pwsh -NoProfile -File "$GITHUB_ACTION_PATH/install.ps1" -From "${FILE%/*}" -To "$to"
  else
    sh "$GITHUB_ACTION_PATH/install.sh" --from "${FILE%/*}" --to "$to"
  fi
  echo "$to" >>"$GITHUB_PATH"
}

submit() {
  set -- "--job=$JOB" --output-file "$RUNNER_TEMP/azureml-jobs.json"
  [ "$WAIT" != true ] || set -- "$@" --wait-for-completion --cancel-on-interrupt
  [ "$CANCEL_PREVIOUS" != true ] || set -- "$@" --cancel-previous
  exec kedro-azureml submit "$@"
}

case $1 in
find) find_release ;;
install) install_file ;;
submit) submit ;;
esac
