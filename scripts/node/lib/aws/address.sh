# shellcheck shell=bash
# The Elastic IPs of a pool, of which each of its machines takes one. They are told by their tag keelson/pool, and so does
# the role's policy tell them. None is given back: EC2 takes it from a machine that is terminated.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html

# 0 where this machine has one, ABSENT where all are taken, else what EC2 answered. The machine's own public address goes when
# one comes, and every connection with it: what is asked at that time may get no answer, and is asked again by the caller.
address_attach() {
  local instance all free n i start
  instance=$(cloud_instance) || return "$UNREACHABLE"
  ec2 DescribeAddresses 'Filter.1.Name=tag:keelson/pool' "Filter.1.Value.1=${POOL:?}" || return "$?"
  aws_answer || return "$?"
  all=$(addresses) || return "$UNREACHABLE"
  if grep " $instance\$" <<<"$all" >/dev/null; then return 0; fi
  mapfile -t free < <(awk '$2 == "-" { print $1 }' <<<"$all")
  n=${#free[@]}
  # Each begins at another place, so that machines which come at once seldom want the same one.
  start=$(cksum <<<"$instance" | cut -d' ' -f1)
  for ((i = 0; i < n; i++)); do
    ec2 AssociateAddress "InstanceId=$instance" "AllocationId=${free[(start + i) % n]}" AllowReassociation=false || return "$?"
    if [ "$REPLY_ERROR" = Resource.AlreadyAssociated ]; then continue; fi
    aws_answer || return "$?"
    say "this machine has ${free[(start + i) % n]}"
    return 0
  done
  return "$ABSENT"
}

# "ALLOCATION ASSOCIATION INSTANCE" of each in $REPLY_BODY, a - where it has none. Tags are items in items, and go first.
addresses() {
  tr -d '[:space:]' <<<"$REPLY_BODY" | sed -e 's|<tagSet>|\n&|g; s|</tagSet>|&\n|g' | sed '/^<tagSet>/d' | tr -d '\n' |
    sed 's|</item>|&\n|g' | awk '
      function text(name,  at) {
        at = index($0, "<" name ">")
        if (!at) return "-"
        at = substr($0, at + length(name) + 2)
        return at ~ /^</ ? "-" : substr(at, 1, index(at, "<") - 1)
      }
      /<allocationId>/ { print text("allocationId"), text("associationId"), text("instanceId") }'
}
