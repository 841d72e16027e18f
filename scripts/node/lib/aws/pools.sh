# shellcheck shell=bash
# Who is in the cluster's node pools: Auto Scaling groups that carry the autoscaler's tag with the cluster's name.

POOL_TAG=k8s.io/cluster-autoscaler
POOL_BATCH=200 # ids in one question; EC2 takes 1,000

# "NODE ROLE/POOL" of each machine that is in a pool, on a line: the private DNS name that EC2 gives, and what the group's tags say,
# which the autoscaler reads too. Not 0 where there may be more of them than it says.
cloud_pool_nodes() {
  local members batches ids names answer=0
  members=$(pool_members) || return "$?"
  batches=$(instance_batches <<<"$members") || return "$UNREACHABLE"
  while read -r ids; do
    [ -n "$ids" ] || continue
    # shellcheck disable=SC2086 # ids
    names=$(instance_names $ids) || answer=$?
    awk 'FNR == NR { is[$2] = $3; next } $1 in is { print $2, is[$1] }' \
      <(printf '%s\n' "$members") <(printf '%s\n' "$names") || answer=$UNREACHABLE
  done <<<"$batches"
  return "$answer"
}

# Zone by zone, since EC2 answers nothing at all about machines of which one is in a zone that is down, and those that are to
# stand in for them are in another: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
instance_batches() { # MEMBERS on standard input; ids on a line
  awk -v most="$POOL_BATCH" '
    NF { batch = $1 " " int(asked[$1] / most); asked[$1]++; ids[batch] = ids[batch] " " $2 }
    END { for (batch in ids) print ids[batch] }'
}

# "ZONE INSTANCE ROLE/POOL" of each, on a line. All or nothing, since a page that is missing may have any of them.
pool_members() {
  local token='' page filter=Filters.member.1
  while :; do
    autoscaling DescribeAutoScalingGroups "$filter.Name=tag:$POOL_TAG/$CLUSTER" "$filter.Values.member.1=owned" MaxRecords=100 \
      ${token:+"NextToken=$token"} || return "$?"
    aws_answer || return "$?"
    page=$(xml <<<"$REPLY_BODY") || return "$UNREACHABLE"
    group_members <<<"$page" || return "$UNREACHABLE"
    token=$(sed -n 's|^/DescribeAutoScalingGroupsResponse/DescribeAutoScalingGroupsResult/NextToken ||p' <<<"$page")
    [ -n "$token" ] || return 0
  done
}

# A group without one of the two, or with what is no label's value, does not give it to its machines.
group_members() { # of a page's elements on standard input
  awk -v tag="$POOL_TAG/node-template/label/" -v role="$NODE_ROLE" -v pool="$NODE_POOL" '
    function label(value) { return value ~ /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/ && length(value) <= 63 ? value : "" }
    match($1, /\/AutoScalingGroups\/member\[[0-9]+\]/) {
      group[$1] = substr($1, 1, RSTART + RLENGTH - 1)
      text[$1] = substr($0, length($1) + 2)
    }
    END {
      for (path in text)
        if (path ~ /\/Tags\/member\[[0-9]+\]\/Key$/ && index(text[path], tag) == 1)
          said[group[path], substr(text[path], length(tag) + 1)] = label(text[substr(path, 1, length(path) - 3) "Value"])
      for (path in text) {
        is = said[group[path], role] "/" said[group[path], pool]
        if (path !~ /\/Instances\/member\[[0-9]+\]\/InstanceId$/ || is == "/") continue
        print text[substr(path, 1, length(path) - 10) "AvailabilityZone"], text[path], is
      }
    }'
}

# "INSTANCE NAME" of each that has one, on a line: one that is terminated has none. Of those that EC2 does not know, as it may be
# for a moment after their launch, it refuses all that they are asked together with.
instance_names() { # INSTANCE...
  local id n=0 form=() document answer=0
  for id; do form+=("InstanceId.$((++n))=$id"); done
  ec2 DescribeInstances "${form[@]}" || return "$?"
  if [ "$REPLY_CODE/$REPLY_ERROR" = 400/InvalidInstanceID.NotFound ] && [ $# -gt 1 ]; then
    for id; do instance_names "$id" || answer=$?; done
    return "$answer"
  fi
  aws_answer || return "$?"
  document=$(xml <<<"$REPLY_BODY") || return "$UNREACHABLE"
  awk -v asked="$#" '
    match($1, /\/instancesSet\/item\[[0-9]+\]\//) {
      machine = substr($1, 1, RSTART + RLENGTH - 1)
      is = substr($1, RSTART + RLENGTH)
      if (is == "instanceId") id[machine] = $2
      if (is == "privateDnsName" && $2 ~ /^[a-z0-9.-]+$/) name[machine] = $2
    }
    END {
      for (machine in id) { told++; if (machine in name) print id[machine], name[machine] }
      exit told < asked
    }' <<<"$document" || return "$UNREACHABLE"
}
