import { Refusal } from "./fake-server";

/** One value that a cloud's monitoring was given. */
export interface FakeMetric {
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * The metrics of a request to CloudWatch; refuses what PutMetricData is documented to refuse.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
export function cloudWatchMetrics(action: string, form: URLSearchParams): readonly FakeMetric[] {
  if (action !== "PutMetricData") throw new Refusal(400, "InvalidAction");
  const namespace = form.get("Namespace") ?? "";
  if (namespace === "" || namespace.startsWith("AWS/")) throw new Refusal(400, "InvalidParameterValue");
  const known = new Set(["Action", "Version", "Namespace"]);
  const take = (key: string): string => {
    known.add(key);
    return form.get(key) ?? "";
  };
  const metrics = items((n) => `MetricData.member.${n}`, form).map((datum) => {
    const value = take(`${datum}.Value`);
    const dimensions = items((n) => `${datum}.Dimensions.member.${n}`, form).map(
      (dimension) => [take(`${dimension}.Name`), take(`${dimension}.Value`)] as const,
    );
    if (!NUMBER.test(value) || dimensions.some((pair) => pair.includes(""))) {
      throw new Refusal(400, "InvalidParameterValue");
    }
    const name = take(`${datum}.MetricName`);
    return { namespace, name, value: Number(value), dimensions: Object.fromEntries(dimensions) };
  });
  if (metrics.length === 0) throw new Refusal(400, "MissingParameter");
  if (metrics.length > 1000 || ![...form.keys()].every((key) => known.has(key))) {
    throw new Refusal(400, "ValidationError");
  }
  return metrics;
}

interface AzureSeries {
  readonly dimValues: readonly string[];
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
}

/**
 * The metrics of a request to Azure Monitor, which takes none older than 20 minutes or 5 minutes ahead of its clock.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-custom-overview
 */
export function azureMetrics(input: object): readonly FakeMetric[] {
  const { time, data } = input as {
    time: string;
    data: {
      baseData: { metric: string; namespace: string; dimNames: readonly string[]; series: AzureSeries[] };
    };
  };
  const age = Date.now() - Date.parse(time);
  if (!(age < 20 * 60_000 && age > -5 * 60_000)) throw new Refusal(400, "InvalidTime");
  const { metric: name, namespace, dimNames, series } = data.baseData;
  return series.map(({ dimValues, min, max, sum, count }) => {
    if (dimValues.length !== dimNames.length || count !== 1 || new Set([min, max, sum]).size !== 1) {
      throw new Refusal(400, "BadRequest");
    }
    const dimensions = Object.fromEntries(dimNames.map((dimension, i) => [dimension, dimValues[i] ?? ""]));
    return { namespace, name, value: sum, dimensions };
  });
}

/** The prefixes that a form has, from 1 on without a gap. */
function items(prefix: (n: number) => string, form: URLSearchParams): readonly string[] {
  const found: string[] = [];
  while ([...form.keys()].some((key) => key.startsWith(`${prefix(found.length + 1)}.`))) {
    found.push(prefix(found.length + 1));
  }
  return found;
}
