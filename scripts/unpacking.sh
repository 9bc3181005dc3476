#!/bin/sh
# kedro-azureml @VERSION@: unpacks what follows this text once, to a private folder, and runs from there.
set -u
umask 077
id=@SHA256@ # of what follows
new= lock=

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 70
}

packed() { tail -n +@LINE@ "$0"; }

# Whether $1 is, or can be made, a folder that nobody else can read or write.
private() {
  mkdir -p "$1" 2>/dev/null
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] || return 1
  case $(ls -ld "$1") in drwx------*) ;; *) return 1 ;; esac
}

run() {
  export DENO_DIR="$1/$id/cache" DENO_NO_PACKAGE_JSON=1 DENO_NO_UPDATE_CHECK=1
  app="$1/$id/app/main.js"
  program="$1/$id/deno"
  shift
  exec "$program" run @FLAGS@ "$app" "$@"
}

clean() {
  [ -z "$new" ] || rm -rf "$new"
  [ -z "$lock" ] || rm -f "$lock"
  new= lock=
}

# Waits until nobody else unpacks into $1, so that many first starts at once do not fill the disk.
# Nothing depends on it: after a minute, or where whoever unpacked is gone, this start goes ahead.
wait_for_turn() {
  tries=60
  until ln -s $$ "$1/.unpacking-$id" 2>/dev/null; do
    [ -x "$1/$id/deno" ] && return
    holder=$(readlink "$1/.unpacking-$id" 2>/dev/null)
    [ -w "$1" ] && [ $tries -gt 0 ] || return
    tries=$((tries - 1))
    if [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null; then sleep 1; else rm -f "$1/.unpacking-$id"; fi
  done
  lock=$1/.unpacking-$id
}

# The folder gets its name last, by a rename: it is whole, or not there.
unpack() {
  wait_for_turn "$1"
  [ ! -x "$1/$id/deno" ] || return 0
  new=$(mktemp -d "$1/.new-XXXXXX" 2>/dev/null) || { why="it cannot be written"; return 1; }
  mkdir "$new/$id"
  packed | tar -xzf - -C "$new/$id" 2>"$new/why" || { why=$(cat "$new/why"); return 1; }
  why=$("$new/$id/deno" --version 2>&1) || return 1
  mv "$new/$id" "$1/" 2>/dev/null || [ -x "$1/$id/deno" ]
}

trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

tried= whole=
for folder in \
  "${XDG_CACHE_HOME:+$XDG_CACHE_HOME/kedro-azureml}" \
  "${HOME:+$HOME/.cache/kedro-azureml}" \
  "${TMPDIR:-/tmp}/kedro-azureml-$(id -u)"; do
  case $folder in /*) ;; *) continue ;; esac
  why="it is not a folder of yours alone, or cannot be made"
  if private "$folder"; then
    [ ! -x "$folder/$id/deno" ] || run "$folder" "$@"
    if [ -z "$whole" ]; then
      whole=$(packed | sha256sum)
      [ "${whole%% *}" = "$id" ] ||
        fail "Cannot unpack the program: the file is not whole" "Download it again, and compare its checksum"
    fi
    if unpack "$folder"; then
      clean
      run "$folder" "$@"
    fi
    clean
  fi
  tried="$tried
  $folder: $why"
done
case $(ldd --version 2>&1) in
*musl*) fail "Cannot run on this system: it has musl, and the program needs glibc 2.27 or later" \
  "Use a system with glibc, such as Debian, Ubuntu or RHEL; on Alpine, install gcompat" ;;
esac
fail "Cannot unpack the program: no folder will do:$tried" \
  "Set XDG_CACHE_HOME to a folder with 250 MB free from which programs may run"
