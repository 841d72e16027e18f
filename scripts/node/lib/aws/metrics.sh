# shellcheck shell=bash
# Tells CloudWatch. The role needs cloudwatch:PutMetricData, which can be kept to a namespace by a condition.

# "NAME VALUE" or "NAME VALUE CODE" on each line of standard input, all in one request: it may hold 1,000 metrics.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
cloud_metrics() {
  local name value code n=0 datum form=(Namespace=Keelson)
  while read -r name value code; do
    datum=MetricData.member.$((++n))
    form+=("$datum.MetricName=$name" "$datum.Value=$value")
    form+=("$datum.Dimensions.member.1.Name=Cluster" "$datum.Dimensions.member.1.Value=$CLUSTER")
    [ -z "$code" ] || form+=("$datum.Dimensions.member.2.Name=Code" "$datum.Dimensions.member.2.Value=$code")
  done
  aws_query monitoring "${CLOUDWATCH_URL:-https://monitoring.$AWS_REGION.amazonaws.com}" 2010-08-01 PutMetricData "${form[@]}" ||
    return "$?"
  aws_answer
}
