#!/bin/sh
# kedro-azureml @VERSION@: unpacks what follows this text once, to a private folder, and runs from there.
set -u
mask=$(umask)
umask 077
id=@SHA256@ # of what follows
# The system's programs first: PATH may name the working folder.
path=${PATH-}
PATH=/usr/bin:/bin${path:+:$path}
new= lock=

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 3
}

packed() { tail -n +@LINE@ "$0"; }

# Whether $1 is, or can be made, a folder that nobody else can read or write.
private() {
  mkdir -p "$1" 2>/dev/null
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] || return 1
  case $(ls -ld "$1") in drwx------*) ;; *) return 1 ;; esac
}

# Whether the program lies in $1 and has all its files: what tidies temporary folders takes single ones. If $1 was open
# to others before, one of them can have made it.
whole() {
  [ ! -L "$1/$id" ] && [ -O "$1/$id" ] && [ -x "$1/$id/deno" ] || return 1
  (
    set -- "$1/$id/app/"*
    [ $# -eq @FILES@ ] && [ -e "$1" ]
  )
}

run() {
  umask "$mask"
  PATH=$path
  # What Deno would heed of the machine, and the compiled program does not.
  unset DENO_V8_FLAGS DENO_COVERAGE_DIR DENO_AUDIT_PERMISSIONS DENO_CONDITIONS DENO_SERVE_ADDRESS
  unset NODE_OPTIONS NODE_PATH
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
    whole "$1" && return
    holder=$(readlink "$1/.unpacking-$id" 2>/dev/null)
    [ -w "$1" ] && [ $tries -gt 0 ] || return
    tries=$((tries - 1))
    if [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null; then sleep 1; else rm -f "$1/.unpacking-$id"; fi
  done
  lock=$1/.unpacking-$id
}

check() {
  [ -z "$checked" ] || return 0
  checked=$(packed | sha256sum)
  [ "${checked%% *}" = "$id" ] ||
    fail "Cannot unpack the program: the file is not whole" "Download it again, and compare its checksum"
}

# The folder gets its name last, by a rename: it is whole, or not there.
unpack() {
  wait_for_turn "$1"
  ! whole "$1" || return 0
  # It takes seconds.
  [ -n "$checked" ] || [ ! -t 2 ] || echo "Unpacking kedro-azureml (once)" >&2
  check
  new=$(mktemp -d "$1/.new-XXXXXX" 2>/dev/null) || { why="it cannot be written"; return 1; }
  why=$(mkdir "$new/$id" 2>&1 && packed | tar -xzf - -C "$new/$id" 2>&1) || return 1
  why=$(DENO_DIR="$new/cache" NO_COLOR=1 "$new/$id/deno" run @UNPACK_FLAGS@ "$new/$id/unpack.js" 2>&1) || return 1
  whole "$1" || mv "$1/$id" "$new/old" 2>/dev/null
  mv "$new/$id" "$1/" 2>/dev/null || whole "$1"
}

trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

line='
'
tried= checked=
home=${HOME:-}
[ -d "$home" ] || home=
for folder in \
  "${XDG_CACHE_HOME:+$XDG_CACHE_HOME/kedro-azureml}" \
  "${home:+$home/.cache/kedro-azureml}" \
  "${TMPDIR:-/tmp}/kedro-azureml-$(id -u)"; do
  case $folder in /*) ;; *) continue ;; esac
  why="it is not a folder of yours alone, or cannot be made"
  if private "$folder"; then
    ! whole "$folder" || run "$folder" "$@"
    if unpack "$folder"; then
      clean
      run "$folder" "$@"
    fi
    clean
  fi
  tried="$tried
  $folder: ${why%%"$line"*}"
done
case $(ldd --version 2>&1) in
*musl*) fail "Cannot run on this system: it has musl, and the program needs glibc 2.27 or later" \
  "Use a system with glibc, such as Debian, Ubuntu or RHEL" ;;
esac
fail "Cannot unpack the program: no folder will do:$tried" \
  "Set XDG_CACHE_HOME to a folder with 250 MB free from which programs may run"
