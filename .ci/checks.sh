# What .ci/run and .ci/everywhere share: checks that are counted, and lanes, which run at the same time, as much of it
# waits for an emulator or a network. Sourced, in the root of the checkout.

deno=(npx -y deno@2.9.6)
command -v npx >/dev/null || deno=(deno)
started=$SECONDS
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

# Runs one check, notes how it went, and tells whether it passed.
check() {
  local name=$1 at=$SECONDS result=passed output
  output=$(mktemp -p "$work")
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$output" || { result=failed; echo "== failed: $*"; }
  echo "$result" >>"$work/results"
  [ "$result" = passed ] || { echo "== failed: $name" && grep FAILED "$output"; } >>"$work/failed"
  echo "== $((SECONDS - at)) s: $name"
  [ "$result" = passed ]
}

skip() { echo "== skipped: $1: $2"; }

# Runs a command beside what follows, as NAME; `join` shows what it printed.
lanes=()
lane() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 &
  lanes+=("$name")
}
join() { wait && for name in "${lanes[@]}"; do cat "$work/$name.log"; done && lanes=(); }

# Installs programs of others: those that are named, or all; first packages of Debian, on a machine of CI, as root.
install() {
  local packages=$1
  shift
  if [ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # several packages
    apt-get update --quiet && apt-get install --yes --quiet --no-install-recommends $packages ||
      echo "== not installed: $packages"
  fi
  check "programs of others, installed" "${deno[@]}" task peers --install "$@"
}

# Says what failed and "N passed, N failed", and ends with 0 if all passed.
finish() {
  check "nothing is left in the tree" test -z "$(git status --porcelain)"
  local passed failed
  passed=$(grep -c passed "$work/results") failed=$(grep -c failed "$work/results")
  echo "== $((SECONDS - started)) s in all"
  cat "$work/failed" 2>/dev/null
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
