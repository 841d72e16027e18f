import {
  MonitorMetricAlert,
  type MonitorMetricAlertCriteria as Criteria,
} from "@cdktf/provider-azurerm/lib/monitor-metric-alert";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { ALARM_CODES, type AlarmCode, Problems, type Rule } from "../core";
import type { Place } from "./place";

export interface AlarmsProps {
  /** What the alarms' names begin with, such as "keelson-prod-eastus"; unique in the resource group. */
  readonly name: string;
  /** Where they stand. */
  readonly place: Omit<Place, "location">;
  /** The id of the masters' scale set, whose metrics masters send. */
  readonly group: string;
  /** The id of a load balancer that asks the masters whether they are well. */
  readonly balancer: string;
  /**
   * The ids of action groups, which are told when an alarm begins and when it is over; five at most.
   * @default nobody is told, and the alarms stand in Azure Monitor
   */
  readonly actions?: readonly string[];
}

/** What report.sh sends its metrics under. */
const NAMESPACE = "Keelson";
/** Seconds without a snapshot, as in backup.sh. */
const SNAPSHOT_LATE = 600;
/** `snapshot-age` is about the same: each reason has one alarm. */
const SEEN_OTHERWISE: ReadonlySet<AlarmCode> = new Set(["backup-late"]);

const CODES = (Object.keys(ALARM_CODES) as AlarmCode[]).filter((code) => !SEEN_OTHERWISE.has(code));
/** 260 characters are an alert's, less the longest code and its hyphen. */
const NAME_LENGTH = 259 - Math.max(...CODES.map(({ length }) => length));
const MOST_ACTIONS = 5;

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights */
const isAlarmPrefix: Rule<string> = (name) =>
  Token.isUnresolved(name) || (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name.length <= NAME_LENGTH)
    ? []
    : [{ mustHold: `must be 1 to ${NAME_LENGTH} letters, digits, dots, hyphens and underscores`, got: name }];

const ACTION_GROUP =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w.()-]+\/providers\/microsoft\.insights\/actionGroups\/[\w.() -]+$/i;

/** Those that an alarm can tell. */
export const areActions: Rule<readonly string[]> = (actions) => [
  ...(actions.length <= MOST_ACTIONS
    ? []
    : [
        {
          mustHold: `must be ${MOST_ACTIONS} action groups at most`,
          got: actions.length,
          fix: "let an action group tell the others",
        },
      ]),
  ...actions
    .filter((action) => !Token.isUnresolved(action) && !ACTION_GROUP.test(action))
    .map((got) => ({
      mustHold:
        "must be ids of action groups, such as /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Insights/actionGroups/<name>",
      got,
    })),
];

/**
 * The alarms of a cluster's masters: one for each reason. What each means and what to do stands in docs/alarms.md.
 *
 * Azure's alerts hear nothing in silence. That no master says anything is heard by the load balancer, whose probe gets no answer:
 * `not-serving`, after fifteen minutes, also while a boot takes longer or holds.
 *
 * Each costs some 0.10 USD a month.
 *
 * @throws InvalidError with everything that is wrong with the props
 * @see https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-metric-overview
 * @see https://azure.microsoft.com/pricing/details/monitor/
 */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { name, place, group, balancer, actions = [] } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isAlarmPrefix);
    problems.check("actions", actions, areActions);
    problems.throw();

    const alert = (where: Construct, what: string, description: string, scopeId: string, rest: AlertRest) =>
      new MonitorMetricAlert(where, what, {
        name: `${name}-${what}`,
        description,
        resourceGroupName: place.resourceGroup,
        scopes: [scopeId],
        severity: 1,
        frequency: "PT1M",
        windowSize: rest.windowSize,
        autoMitigate: true,
        criteria: [rest.criteria],
        action: actions.map((actionGroupId) => ({ actionGroupId })),
      });

    const codes = new Construct(this, "codes");
    for (const code of CODES) {
      alert(codes, code, `${ALARM_CODES[code]}: docs/alarms.md#${code}`, group, {
        windowSize: "PT5M",
        criteria: {
          ...own("AlarmRaised", "GreaterThanOrEqual", 1),
          dimension: [{ name: "Code", operator: "Include", values: [code] }],
        },
      });
    }
    alert(this, "snapshot-age", "no snapshot for ten minutes: docs/alarms.md#snapshot-age", group, {
      windowSize: "PT5M",
      criteria: own("SnapshotAge", "GreaterThan", SNAPSHOT_LATE),
    });
    alert(this, "not-serving", "no master has served for fifteen minutes: docs/clouds.md", balancer, {
      windowSize: "PT15M",
      criteria: {
        metricNamespace: "Microsoft.Network/loadBalancers",
        // In percent of the probes.
        metricName: "DipAvailability",
        aggregation: "Average",
        operator: "LessThan",
        threshold: 1,
      },
    });
  }
}

interface AlertRest {
  readonly windowSize: string;
  readonly criteria: Criteria;
}

/** A metric that masters send. Azure knows it only when one has. */
function own(metricName: string, operator: string, threshold: number): Criteria {
  return {
    metricNamespace: NAMESPACE,
    metricName,
    aggregation: "Maximum",
    operator,
    threshold,
    skipMetricValidation: true,
  };
}
