#!/bin/sh
# Installs kedro-azureml for this user: downloads the release for this system, verifies its checksum, and puts it into
# a folder of the user's. Needs no root.
#
#   sh install.sh --from https://HOST/FOLDER   # or a folder on this machine, for hosts without network
#
# --from DIR|URL   where the archive and SHA256SUMS lie; else $KEDRO_AZUREML_INSTALL_FROM
# --to DIR         where the program goes; else $KEDRO_AZUREML_INSTALL_TO, else ~/.local/bin
set -eu
umask 022
work= new=

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

clean() {
  [ -z "$work" ] || rm -rf -- "$work"
  [ -z "$new" ] || rm -rf -- "$new"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

from=${KEDRO_AZUREML_INSTALL_FROM:-}
to=${KEDRO_AZUREML_INSTALL_TO:-}
while [ $# -gt 0 ]; do
  case $1 in
  --from) from=${2:-} && shift ;;
  --to) to=${2:-} && shift ;;
  -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit 0 ;;
  *) fail "Cannot take \"$1\": there are --from and --to" "Run \`sh install.sh --help\`" ;;
  esac
  [ $# -eq 0 ] || shift
done
[ -n "$from" ] || fail "Cannot tell where to install from" "Name the release's address or folder with \`--from\`"
[ -n "$to" ] || [ -n "${HOME:-}" ] || fail "Cannot tell where to install to: there is no HOME" "Name a folder with \`--to\`"
to=${to:-${HOME:-}/.local/bin}

target() {
  case $(uname -s) in
  Linux)
    # The loader of glibc is what the program is started by.
    case $(ldd --version 2>&1) in
    *musl*) fail "Cannot install on this system: it has musl, and the program needs glibc 2.27 or later" \
      "Use a system with glibc, such as Debian, Ubuntu or RHEL" ;;
    esac
    os=unknown-linux-gnu
    ;;
  Darwin) os=apple-darwin ;;
  *) fail "Cannot install on $(uname -s): there is no release for it" "On Windows, use install.ps1" ;;
  esac
  case $(uname -m) in
  x86_64 | amd64) echo "x86_64-$os" ;;
  aarch64 | arm64) echo "aarch64-$os" ;;
  *) fail "Cannot install on a processor of type $(uname -m): there is no release for it" \
    "Use x86_64 or arm64" ;;
  esac
}

# Whoever changes an answer on the way could change program and checksum.
protocols='=https'
case $from in
http://*@*) ;;
http://127.0.0.1[:/]* | http://localhost[:/]*) protocols='=http,https' ;;
esac
case $protocols$from in
=httpshttp://*) fail "Cannot install from $from: it is not encrypted" "Use an address that starts with https://" ;;
esac

fetch() {
  case $from in
  http://* | https://*)
    if command -v curl >/dev/null; then
      curl --proto "$protocols" --fail --silent --show-error --location --output "$work/$1" "${from%/}/$1"
    elif command -v wget >/dev/null; then
      wget --server-response --output-document="$work/$1" "${from%/}/$1" 2>"$work/log" || return 1
      [ "$protocols" != '=https' ] || ! grep -qi '^ *location: *http:' "$work/log" || fail "Cannot install from $from: it leads to an address that is not encrypted" "Use another address"
    else
      fail "Cannot download: there is neither curl nor wget" "Download the release by other means, and name its folder with \`--from\`"
    fi
    ;;
  *) cp -- "${from%/}/$1" "$work/$1" ;;
  esac || fail "Cannot fetch $1 from $from" "Look whether $from has it"
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

machine=$(target)
archive=kedro-azureml-$machine.tar.gz
work=$(mktemp -d)
fetch SHA256SUMS
fetch "$archive"
wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$archive\$/\1/p" "$work/SHA256SUMS")
[ -n "$wanted" ] || fail "Cannot verify $archive: SHA256SUMS does not name it" "Take both from the same release"
[ "$(sha256 "$work/$archive")" = "$wanted" ] ||
  fail "Cannot install $archive: its checksum is not that of SHA256SUMS" "Download it again"
tar -xzf "$work/$archive" -C "$work" kedro-azureml
if [ -L "$work/kedro-azureml" ] || [ ! -f "$work/kedro-azureml" ]; then
  fail "Cannot install $archive: kedro-azureml in it is no file" "Download it again"
fi
mkdir -p -- "$to" || fail "Cannot make the folder $to" "Name another with \`--to DIR\`"
unset CDPATH
case $to in /*) ;; *) to=./$to ;; esac
to=$(cd -- "$to" && pwd)
# Put beside and renamed, so that a program that runs meanwhile is not disturbed. The folder for it is new, so that
# nothing is written through a link of somebody else.
new=$(mktemp -d "$to/.kedro-azureml-XXXXXX") || fail "Cannot write to $to" "Name another folder with \`--to DIR\`"
if ! cp -- "$work/kedro-azureml" "$new/kedro-azureml" || ! chmod 755 "$new/kedro-azureml"; then
  fail "Cannot write to $to" "Name another folder with \`--to DIR\`"
fi
version=$("$new/kedro-azureml" --version) ||
  fail "Cannot run what was installed" "The program needs glibc 2.27 or later, and a folder from which programs may run"
# `mv` would move the file into the folder that a link leads to.
[ ! -L "$to/kedro-azureml" ] || rm -- "$to/kedro-azureml"
[ ! -d "$to/kedro-azureml" ] || fail "$to/kedro-azureml is a folder" "Name another folder with \`--to DIR\`"
mv -- "$new/kedro-azureml" "$to/kedro-azureml"
echo "Installed kedro-azureml $version to $to/kedro-azureml"
quoted=$(printf '%s\n' "$to" | sed 's/[\\"$`]/\\&/g')
case :$PATH: in *:"$to":*) ;; *) printf 'Add it to PATH: export PATH="%s:$PATH"\n' "$quoted" ;; esac
