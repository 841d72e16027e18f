import { Fn } from "cdktf";
import { Alarms, type AlarmsProps } from "../../lib/aws/alarms";
import { ALARM_CODES } from "../../lib/core/alarm-codes";
import { addresses, resources, synth } from "../support/synth";

const TOPIC = "arn:aws:sns:us-east-1:111122223333:keelson";
const synthesized = (props: Partial<AlarmsProps> = {}) =>
  synth((stack) => new Alarms(stack, "alarms", { name: "keelson-prod", cluster: "prod", ...props }));
const alarms = (props?: Partial<AlarmsProps>) => resources(synthesized(props), "aws_cloudwatch_metric_alarm");
const raised = Object.keys(ALARM_CODES).filter((code) => code !== "backup-late");

test("each code has an alarm of its own, but for the one that is about the age of snapshots", () => {
  expect(Object.keys(alarms()).sort()).toEqual(
    [...raised.map((code) => `alarms_codes_${code}`), "alarms_snapshot-age"].sort(),
  );
});

test("a code's alarm begins with one report in a minute, and none is a good one", () => {
  for (const code of raised) {
    expect(alarms()[`alarms_codes_${code}`]).toMatchObject({
      alarm_name: `keelson-prod-${code}`,
      namespace: "Keelson",
      metric_name: "AlarmRaised",
      dimensions: { Cluster: "prod", Code: code },
      statistic: "Sum",
      period: 60,
      evaluation_periods: 1,
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      treat_missing_data: "notBreaching",
    });
  }
});

test("its description says what the code means, and leads to what to do", () => {
  expect(alarms()["alarms_codes_store-gone"]?.["alarm_description"]).toBe(
    "the witness knows the cluster, the bucket does not exist: docs/alarms.md#store-gone",
  );
});

test("ten minutes without a snapshot are an alarm, and so are ten without a word from a master", () => {
  expect(alarms()["alarms_snapshot-age"]).toMatchObject({
    alarm_name: "keelson-prod-snapshot-age",
    metric_query: [
      {
        id: "age",
        metric: {
          ...{ namespace: "Keelson", metric_name: "SnapshotAge", dimensions: { Cluster: "prod" } },
          ...{ stat: "Maximum", period: 600 },
        },
      },
      { expression: "FILL(age, 601)", return_data: true },
    ],
    evaluation_periods: 1,
    comparison_operator: "GreaterThanThreshold",
    threshold: 600,
    treat_missing_data: "breaching",
  });
});

test("no two alarms have the same name, and each is one that CloudWatch takes", () => {
  const names = Object.values(alarms({ name: "n".repeat(232) })).map((alarm) => String(alarm["alarm_name"]));
  expect(new Set(names).size).toBe(names.length);
  expect(Math.max(...names.map(({ length }) => length))).toBe(254);
});

test("nobody is told unless there is somebody, and then of the beginning and of the end", () => {
  const told = (props?: Partial<AlarmsProps>) =>
    new Set(
      Object.values(alarms(props)).map(({ alarm_actions, ok_actions }) =>
        JSON.stringify([alarm_actions, ok_actions]),
      ),
    );
  expect(told()).toEqual(new Set(["[[],[]]"]));
  expect(told({ actions: [TOPIC] })).toEqual(new Set([JSON.stringify([[TOPIC], [TOPIC]])]));
});

test("there is nothing but alarms", () => {
  expect(addresses(synthesized())).toHaveLength(Object.keys(alarms()).length);
});

test("names that only Terraform knows are taken", () => {
  expect(() => alarms({ name: Fn.lower("KEELSON"), cluster: Fn.lower("PROD") })).not.toThrow();
});

test("what CloudWatch would refuse is refused, all of it together", () => {
  const wrong = { name: "n".repeat(234), cluster: ":prod", actions: new Array<string>(6).fill(TOPIC) };
  expect(() => alarms(wrong)).toThrow(
    /^test\/alarms: 'name' must be 1 to 233 characters.*\n.*'cluster' must .*got ":prod"\n.*'actions' must be 5 ARNs at most, got 6; /,
  );
});

test.each(["", "a b", "é", "c".repeat(256)])("%p is no cluster that a metric can be of", (cluster) => {
  expect(() => alarms({ cluster })).toThrow("'cluster' must be");
});
