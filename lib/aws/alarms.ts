import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { ALARM_CODES, type AlarmCode, Problems, type Rule } from "../core";

export interface AlarmsProps {
  /** What the alarms' names begin with, such as "keelson-prod-us-east-1"; unique in account and region. */
  readonly name: string;
  /** What the masters of the cluster call it: their `CLUSTER`. */
  readonly cluster: string;
  /**
   * ARNs that are told when an alarm begins and when it is over, such as an SNS topic's; five at most.
   * @default nobody is told, and the alarms stand in CloudWatch
   */
  readonly actions?: readonly string[];
}

/** What report.sh sends its metrics under. */
const NAMESPACE = "Keelson";
/** Seconds without a snapshot, as in backup.sh. */
const SNAPSHOT_LATE = 600;
/** `snapshot-age` is about the same, and about a master that is not there as well: each reason has one alarm. */
const SEEN_OTHERWISE: ReadonlySet<AlarmCode> = new Set(["backup-late"]);

const CODES = (Object.keys(ALARM_CODES) as AlarmCode[]).filter((code) => !SEEN_OTHERWISE.has(code));
/** 255 characters are an alarm's, less the longest code and its hyphen. */
const NAME_LENGTH = 254 - Math.max(...CODES.map(({ length }) => length));
const MOST_ACTIONS = 5;

const isAlarmPrefix: Rule<string> = (name) =>
  Token.isUnresolved(name) || (/^\P{Cc}+$/u.test(name) && name.length <= NAME_LENGTH)
    ? []
    : [{ mustHold: `must be 1 to ${NAME_LENGTH} characters, none of them a control character`, got: name }];

const isDimension: Rule<string> = (cluster) =>
  Token.isUnresolved(cluster) || /^[!-9;-~][!-~]{0,254}$/.test(cluster)
    ? []
    : [
        {
          mustHold: "must be 1 to 255 ASCII characters without a space or a colon at its start",
          got: cluster,
        },
      ];

/** Those that an alarm can tell. */
export const areActions: Rule<readonly string[]> = ({ length }) =>
  length <= MOST_ACTIONS
    ? []
    : [
        {
          mustHold: `must be ${MOST_ACTIONS} ARNs at most`,
          got: length,
          fix: "let an SNS topic tell the others",
        },
      ];

/**
 * The alarms of a cluster's masters: one for each reason. What each means and what to do stands in docs/alarms.md.
 *
 * A code's alarm begins with the first report of it, and ends some minutes after the last one, since CloudWatch looks back
 * before it takes a missing report for a good one. There is none on `CertificateDays`: `certificate-near-end` is that one.
 *
 * Each costs some 0.10 USD a month, and the metrics are charged besides, for the hours in which they are sent.
 *
 * @throws InvalidError with everything that is wrong with the props
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html for the limits
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { name, cluster, actions = [] } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isAlarmPrefix);
    problems.check("cluster", cluster, isDimension);
    problems.check("actions", actions, areActions);
    problems.throw();

    const common = { alarmActions: [...actions], okActions: [...actions], evaluationPeriods: 1 };
    const codes = new Construct(this, "codes");
    for (const code of CODES) {
      new CloudwatchMetricAlarm(codes, code, {
        ...common,
        alarmName: `${name}-${code}`,
        alarmDescription: `${ALARM_CODES[code]}: docs/alarms.md#${code}`,
        namespace: NAMESPACE,
        metricName: "AlarmRaised",
        dimensions: { Cluster: cluster, Code: code },
        statistic: "Sum",
        period: 60,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        treatMissingData: "notBreaching",
      });
    }

    new CloudwatchMetricAlarm(this, "snapshot-age", {
      ...common,
      alarmName: `${name}-snapshot-age`,
      alarmDescription: "no snapshot for ten minutes, or no master that says so: docs/alarms.md#snapshot-age",
      metricQuery: [
        {
          id: "age",
          metric: {
            namespace: NAMESPACE,
            metricName: "SnapshotAge",
            dimensions: { Cluster: cluster },
            stat: "Maximum",
            period: SNAPSHOT_LATE,
          },
        },
        // Treated as missing, ten minutes without a report would become an alarm only after half an hour or more: CloudWatch
        // looks back for reports of before.
        {
          id: "filled",
          expression: `FILL(age, ${SNAPSHOT_LATE + 1})`,
          label: "SnapshotAge",
          returnData: true,
        },
      ],
      comparisonOperator: "GreaterThanThreshold",
      threshold: SNAPSHOT_LATE,
      // What was never reported cannot be filled.
      treatMissingData: "breaching",
    });
  }
}
