#!/usr/bin/env bash
# A tour of Alluvium: makes a folder searchable, asks it, goes back, deletes, measures. Everything is on this machine.
# Uses the stack of ALLUVIUM_STATE when one runs there, else starts one on a folder of its own and takes it away at the end.
set -euo pipefail

cli=(node "$(cd "$(dirname "$0")/.." && pwd)/apps/cli/bin/alluvium.mjs")
tour=$(mktemp -d)
collection="tour-$(date +%s)"
stack=''

finish() {
  if [ -n "$stack" ]; then
    kill -INT "$stack" 2>/dev/null || true
    wait "$stack" 2>/dev/null || true
  fi
  rm -rf "$tour"
}
trap finish EXIT

step() { printf '\n# %s\n' "$*"; }
alluvium() {
  printf '$ alluvium %s\n' "$*"
  "${cli[@]}" "$@"
}

if [ -z "${ALLUVIUM_STATE:-}" ] || [ ! -e "$ALLUVIUM_STATE/connection.json" ]; then
  step 'Start the cloud on this machine'
  export ALLUVIUM_STATE="$tour/state"
  "${cli[@]}" up --state "$ALLUVIUM_STATE" --console-port 0 >"$tour/up.log" 2>&1 &
  stack=$!
  until [ -e "$ALLUVIUM_STATE/connection.json" ]; do
    kill -0 "$stack" || { cat "$tour/up.log"; exit 1; }
    sleep 0.5
  done
fi

mkdir "$tour/notes"
printf '# Tides\n\nThe tide rises twice a day. Spring tides follow the full moon.\n' >"$tour/notes/tides.md"
printf '# Deltas\n\nA river slows where it meets the sea and drops its sand.\n' >"$tour/notes/deltas.md"
printf '# Dunes\n\nThe wind carries dry sand and piles it up into dunes.\n' >"$tour/notes/dunes.md"

step 'Drop a folder, and watch the run until it is searchable'
alluvium ingest "$tour/notes" --collection "$collection" --wait
alluvium runs

step 'Search'
alluvium search 'sand left by a river' --collection "$collection" -k 2

step 'Chat'
if "${cli[@]}" chat --help >/dev/null 2>&1; then
  alluvium chat 'Where does a river drop its sand?' --collection "$collection"
else
  echo 'There is no chat command here: passed over.'
fi

step 'Name this version'
alluvium snapshots tag before --collection "$collection"

step 'Delete a document, and see that it is gone'
dunes=$("${cli[@]}" documents ls --collection "$collection" --json | grep -o '"documentId":"[^"]*dunes[^"]*"' | cut -d'"' -f4)
alluvium documents delete "$dunes" --collection "$collection" --confirm "$collection"
for _ in $(seq 60); do
  "${cli[@]}" documents get "$dunes" --collection "$collection" >/dev/null 2>&1 || break
  sleep 1
done
alluvium documents ls --collection "$collection"

step 'Settle the deletion into a version, and go back to the one before'
printf '{"collection":"%s","requestId":"%s"}' "$collection" "$collection" >"$tour/settle.json"
alluvium events emit compaction.requested --data "$tour/settle.json"
for _ in $(seq 120); do
  if "${cli[@]}" snapshots show 2 --collection "$collection" >/dev/null 2>&1; then break; fi
  sleep 1
done
alluvium snapshots rollback before --collection "$collection" --yes
alluvium snapshots ls --collection "$collection"
alluvium documents ls --collection "$collection"

step 'Measure how much of the truth a search finds'
alluvium recall --collection "$collection" --samples 3 -k 1

step 'That was the tour.'
