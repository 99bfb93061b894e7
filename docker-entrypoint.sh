#!/bin/sh
# Runs the service named by the first argument: services/ingest, services/transcriber, services/retention or packages/simulator.
set -eu
case "${1:-}" in
  services/ingest | services/transcriber | services/retention | packages/simulator) ;;
  *)
    echo "name the service to run: services/ingest, services/transcriber, services/retention or packages/simulator; got \"${1:-}\"" >&2
    exit 2
    ;;
esac
service=$1
shift
exec node "/app/$service/src/main.ts" "$@"
