#!/usr/bin/env bash
# Deploys stacks, plans them again, and shows their outputs. Run it through `npm run try`, which simulates the cloud.
set -euo pipefail
: "${KEELSON_SIMULATED:?is not set: run this through 'npm run try', which simulates the cloud}"

[ $# -gt 0 ] || set -- prod-eastus-store prod-eastus # what outlives the cluster, and the cluster

for stack in "$@"; do
  echo "== simulated: cdktf deploy $stack"
  cdktf deploy "$stack" --auto-approve
  echo "== simulated: a second plan of $stack, which has to find nothing to change"
  terraform -chdir="cdktf.out/stacks/$stack" plan -detailed-exitcode -no-color
  echo "== simulated: the outputs of $stack"
  terraform -chdir="cdktf.out/stacks/$stack" output -no-color
done
