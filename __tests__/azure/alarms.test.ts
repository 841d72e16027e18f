import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Alarms, type AlarmsProps } from "../../lib/azure";
import { ALARM_CODES } from "../../lib/core";
import { ROOT } from "../support/run";
import { resources } from "../support/synth";
import { cluster } from "./support/estate";
import { PLACE, problemsOf, synth } from "./support/synth";

const ACTION = `/subscriptions/${PLACE.subscription}/resourceGroups/ops/providers/Microsoft.Insights/actionGroups/ops`;
const build =
  (props: Partial<AlarmsProps> = {}) =>
  (stack: ConstructorParameters<typeof Alarms>[0]) => {
    new Alarms(stack, "alarms", { name: "acme-prod", place: PLACE, group: "set", balancer: "lb", ...props });
  };
const alarms = (props?: Partial<AlarmsProps>) =>
  resources(synth(build(props)), "azurerm_monitor_metric_alert");
const raised = Object.keys(ALARM_CODES).filter((code) => code !== "backup-late");

test("each code has an alarm of its own, and so have late snapshots and no master at all", () => {
  expect(Object.keys(alarms()).sort()).toEqual(
    [...raised.map((code) => `alarms_codes_${code}`), "alarms_not-serving", "alarms_snapshot-age"].sort(),
  );
});

test("a code's alarm begins with one report of it, in the metrics that masters send, and ends by itself", () => {
  for (const code of raised) {
    expect(alarms()[`alarms_codes_${code}`]).toMatchObject({
      name: `acme-prod-${code}`,
      scopes: ["set"],
      frequency: "PT1M",
      auto_mitigate: true,
      criteria: [
        {
          ...{ metric_namespace: "Keelson", metric_name: "AlarmRaised", aggregation: "Maximum" },
          ...{ operator: "GreaterThanOrEqual", threshold: 1, skip_metric_validation: true },
          dimension: [{ name: "Code", operator: "Include", values: [code] }],
        },
      ],
    });
  }
});

test("the metrics and their dimensions are those that the scripts send", () => {
  const scripts = ["scripts/node/lib/report.sh", "scripts/node/lib/azure/metrics.sh"].map((file) =>
    readFileSync(path.join(ROOT, file), "utf8"),
  );
  for (const word of ["AlarmRaised", "SnapshotAge", '\\"Code\\"', '\\"namespace\\":\\"Keelson\\"']) {
    expect(scripts.join("\n")).toContain(word);
  }
});

test("ten minutes without a snapshot are an alarm", () => {
  expect(alarms()["alarms_snapshot-age"]).toMatchObject({
    criteria: [{ metric_name: "SnapshotAge", operator: "GreaterThan", threshold: 600 }],
  });
});

test("a quarter of an hour in which no probe is answered is one, too", () => {
  expect(alarms()["alarms_not-serving"]).toMatchObject({
    scopes: ["lb"],
    window_size: "PT15M",
    criteria: [{ metric_name: "DipAvailability", operator: "LessThan", threshold: 1 }],
  });
});

test("descriptions say what a code means, and lead to what to do", () => {
  expect(alarms()["alarms_codes_store-gone"]?.["description"]).toBe(
    "the witness knows the cluster, the bucket does not exist: docs/alarms.md#store-gone",
  );
});

test("action groups hear of each", () => {
  for (const alarm of Object.values(alarms({ actions: [ACTION] }))) {
    expect(alarm["action"]).toEqual([{ action_group_id: ACTION }]);
  }
});

test("a cluster's alarms are about its own set, and about the balancer that is always there", () => {
  const scopes = Object.values(resources(synth(cluster()), "azurerm_monitor_metric_alert")).map((one) =>
    String(one["scopes"]),
  );
  expect(new Set(scopes.map((scope) => scope.replace(/_[0-9A-F]{8}\.id\}/, "")))).toEqual(
    new Set([
      "${azurerm_linux_virtual_machine_scale_set.cluster_control-plane_group",
      "${azurerm_lb.cluster_control-plane_internal",
    ]),
  );
});

test.each([
  [{ name: "acme prod" }, "'name' must be 1 to"],
  [{ name: "a".repeat(250) }, "'name' must be 1 to"],
  [{ actions: Array<string>(6).fill(ACTION) }, "'actions' must be 5 action groups at most, got 6"],
  [{ actions: ["arn:aws:sns:us-east-1:1:ops"] }, "'actions' must be ids of action groups"],
])("%j is refused", (props, line) => {
  expect(problemsOf(build(props))).toEqual([expect.stringContaining(line)]);
});
