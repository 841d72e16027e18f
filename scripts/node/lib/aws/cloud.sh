# shellcheck shell=bash
# What EC2 and its Auto Scaling say about machines. Needs GROUP, LAUNCH_HOOK and TERMINATION_HOOK.

# Seconds after which a machine that does not serve asks not to be replaced. A hook waits 48 hours at most.
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
# shellcheck disable=SC2034 # for whoever holds
CLOUD_PATIENCE=86400

cloud_instance() { remembered instance imds instance-id; }
cloud_address() { remembered address imds local-ipv4; }
cloud_node() { remembered node imds local-hostname; } # the private DNS name, which is what a cloud controller looks for

ec2() { aws_query ec2 "${EC2_URL:-https://ec2.$AWS_REGION.amazonaws.com}" 2016-11-15 "$@"; }
autoscaling() {
  aws_query autoscaling "${AUTOSCALING_URL:-https://autoscaling.$AWS_REGION.amazonaws.com}" 2011-01-01 "$@"
}

# cloud_is_gone INSTANCE: 0 where it is terminated or EC2 knows it no more, which it does for about an hour; 1 where it is
# there, also on its way out or stopped; else an answer. A machine that was just launched may not be known yet, so that
# has to be said twice: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
cloud_is_gone() {
  local again state
  [[ $1 =~ ^i-[A-Za-z0-9-]+$ ]] || { say "$1 is no instance" && return "$UNREACHABLE"; }
  for again in yes no; do
    ec2 DescribeInstances "InstanceId.1=$1" || return "$?"
    if [ "$REPLY_CODE/$REPLY_ERROR" != 400/InvalidInstanceID.NotFound ]; then
      aws_answer || return "$?"
      # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
      state='<instanceId>([^<]*)</instanceId>.*<instanceState>[[:space:]]*<code>[0-9]+</code>[[:space:]]*<name>([a-z-]+)</name>'
      [[ $REPLY_BODY =~ $state ]] && [ "${BASH_REMATCH[1]}" = "$1" ] || return "$UNREACHABLE"
      case ${BASH_REMATCH[2]} in
        terminated) return 0 ;;
        pending | running | shutting-down | stopping | stopped) return 1 ;;
        *) return "$UNREACHABLE" ;;
      esac
    fi
    [ "$again" = no ] || pause 10
  done
}

# 0 where this machine is in service or being launched, 1 where the group has given it up or does not have it any more.
# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingInstanceDetails.html
cloud_in_service() {
  local instance
  instance=$(cloud_instance) || return "$UNREACHABLE"
  autoscaling DescribeAutoScalingInstances "InstanceIds.member.1=$instance" || return "$?"
  aws_answer || return "$?"
  case $(elements LifecycleState) in
    InService | Pending | Pending:*) return 0 ;;
    *) return 1 ;;
  esac
}

# 0 where its group terminates this machine, 1 where it does not.
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
cloud_group_ends() {
  local state status=0
  state=$(imds autoscaling/target-lifecycle-state) || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$ABSENT" ] || return "$status"
  [ "$state" = Terminated ]
}

# 0 where this machine is about to be terminated, by its group or by the spot market; 1 where nobody has said so.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
cloud_is_ending() {
  local status=0
  cloud_group_ends || status=$?
  [ "$status" -eq 1 ] || return "$status"
  cloud_is_reclaimed
}

# 0 where the spot market takes this machine back, two minutes after it has said so; 1 where it has not.
cloud_is_reclaimed() {
  local status=0
  imds spot/instance-action >/dev/null || status=$?
  [ "$status" -ne "$ABSENT" ] || return 1
  return "$status"
}

# Keeps the group waiting for this machine, at its launch or at its end: ABSENT where it does not wait. Up to 48 hours or
# 100 times the hook's timeout: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
cloud_heartbeat() {
  local hook=$LAUNCH_HOOK
  ! cloud_is_ending || hook=$TERMINATION_HOOK
  lifecycle RecordLifecycleActionHeartbeat "$hook"
}

cloud_launched() { lifecycle_completed "$LAUNCH_HOOK"; }

# Where the spot market has given notice, the group's hook begins later, and nobody waits before that: 1 until then.
cloud_ended() {
  if cloud_is_reclaimed && ! cloud_group_ends; then return 1; fi
  lifecycle_completed "$TERMINATION_HOOK"
}

# Gives this machine up, which the group then replaces: ABSENT where the group does not wait for its launch.
cloud_abandoned() { lifecycle CompleteLifecycleAction "$LAUNCH_HOOK" LifecycleActionResult=ABANDON; }

# 0 where a machine that was in service and switches itself off is replaced: a group takes every machine that does not run for an
# unhealthy one, which needs neither a right nor an answer. The right to call a machine unhealthy would be worth any machine of the
# group to whoever has one of them. https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html
cloud_replaces_stopped() { :; }

lifecycle_completed() { # HOOK: also where the group does not wait, since it was said before, or too late
  local status=0
  lifecycle CompleteLifecycleAction "$1" LifecycleActionResult=CONTINUE || status=$?
  [ "$status" -eq "$ABSENT" ] || return "$status"
}

lifecycle() { # ACTION HOOK [NAME=VALUE...]
  local action=$1 hook=$2 instance
  shift 2
  instance=$(cloud_instance) || return "$UNREACHABLE"
  autoscaling "$action" "AutoScalingGroupName=$GROUP" "LifecycleHookName=$hook" "InstanceId=$instance" "$@" || return "$?"
  [[ $REPLY_ERROR != ValidationError || $REPLY_BODY != *'No active Lifecycle Action found'* ]] || return "$ABSENT"
  aws_answer
}

# https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
cloud_suspend_replacement() { replacement SuspendProcesses; }
cloud_resume_replacement() { replacement ResumeProcesses; }

replacement() { # ACTION
  autoscaling "$1" "AutoScalingGroupName=$GROUP" ScalingProcesses.member.1=ReplaceUnhealthy || return "$?"
  aws_answer
}
