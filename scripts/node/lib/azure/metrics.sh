# shellcheck shell=bash
# Tells Azure Monitor, as metrics of the scale set, since machines come and go. The identity has to be its Monitoring Metrics
# Publisher.

# "NAME VALUE" or "NAME VALUE CODE" on each line of standard input, all of one name with a code or without. One request
# takes one name: https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-store-custom-rest-api
cloud_metrics() {
  local lines url set region name
  lines=$(cat)
  set=$(scale_set) && region=$(compute location) || return "$UNREACHABLE"
  url=${MONITOR_URL:-https://$region.monitoring.azure.com}$set/metrics
  while read -r name; do
    azure_json https://monitoring.azure.com/ POST "$url" --data-binary @- < <(metric_document "$name" <<<"$lines") || return "$?"
    azure_answer || return "$?"
  done < <(cut -d' ' -f1 <<<"$lines" | sort -u)
}

metric_document() { # NAME, of the lines on standard input
  awk -v metric="$1" -v cluster="$CLUSTER" -v time="$(date -u +%Y-%m-%dT%H:%M:%SZ)" '
    $1 == metric {
      names = "\"Cluster\"" (NF > 2 ? ",\"Code\"" : "")
      values = "\"" cluster "\"" (NF > 2 ? ",\"" $3 "\"" : "")
      series = series (series ? "," : "") "{\"dimValues\":[" values "],\"min\":" $2 ",\"max\":" $2 ",\"sum\":" $2 ",\"count\":1}"
    }
    END {
      printf "{\"time\":\"%s\",\"data\":{\"baseData\":{\"metric\":\"%s\",\"namespace\":\"Keelson\",", time, metric
      printf "\"dimNames\":[%s],\"series\":[%s]}}}", names, series
    }'
}
