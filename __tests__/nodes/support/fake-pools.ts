import { Refusal } from "./fake-server";

export interface FakePoolMachine {
  readonly id: string;
  readonly zone: string;
  /** EC2's private DNS name, which is empty once it is terminated, or the host's name on Azure. */
  readonly name: string;
}

export interface FakePool {
  readonly name: string;
  readonly tags: Record<string, string>;
  readonly machines: FakePoolMachine[];
}

const text = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const element = (name: string, inner: string) => `\n  <${name}>${inner}</${name}>`;
const list = (name: string, inner: readonly string[]) =>
  inner.length === 0 ? `\n  <${name}/>` : element(name, inner.join(""));

/** A cluster's pools, as a cloud's API tells of them, and what it may be brought to do. */
export abstract class FakePools {
  readonly groups: FakePool[] = [];
  /** How many things one answer has at most. */
  page = 50;
  /** The page that is refused, as of a caller who asks too often. */
  throttledPage: number | undefined;
  /** Whether the list of groups is broken in the middle, though it has its end. */
  broken = false;
  /** Ids of machines that the cloud does not know yet, or no more. */
  readonly unknown = new Set<string>();
  /** Zones that are down: nothing is answered about machines of which one is there. */
  readonly down = new Set<string>();

  /** All is well again. */
  heal(): void {
    Object.assign(this, { page: 50, throttledPage: undefined, broken: false });
    this.unknown.clear();
    this.down.clear();
  }

  protected get machines(): readonly FakePoolMachine[] {
    return this.groups.flatMap(({ machines }) => machines);
  }
}

/**
 * Groups of nodes as Auto Scaling describes them, and their machines as EC2 does, with what its answers have beside that: a
 * machine's other network interfaces have names, too. Elements stand in another order than the documentation's examples have,
 * since nobody may rely on it.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
export class FakeScalingGroups extends FakePools {
  has(id: string): boolean {
    return this.machines.some((machine) => machine.id === id);
  }

  describeGroups(form: URLSearchParams): string {
    const [, tag = ""] = /^tag:(.*)$/.exec(form.get("Filters.member.1.Name") ?? "") ?? [];
    const value = form.get("Filters.member.1.Values.member.1");
    const found = this.groups.filter(({ tags }) => tags[tag] === value);
    const number = Number((form.get("NextToken") ?? "page+0/=").slice(5, -2));
    if (number === this.throttledPage) throw new Refusal(400, "Throttling", "Rate exceeded");
    const size = Math.min(this.page, Number(form.get("MaxRecords") ?? 50));
    const rest = found.slice(number * size);
    const groups = rest.slice(0, size).map(({ name, tags, machines }) =>
      element(
        "member",
        element("AutoScalingGroupName", name) +
          list(
            "Tags",
            Object.entries(tags).map(([key, of]) =>
              element("member", element("Value", text(of)) + element("Key", text(key))),
            ),
          ) +
          list(
            "Instances",
            machines.map(({ id, zone }) =>
              element("member", element("AvailabilityZone", zone) + element("InstanceId", id)),
            ),
          ) +
          element("LaunchTemplate", element("LaunchTemplateName", name)),
      ),
    );
    const next = rest.length > size ? element("NextToken", `page+${number + 1}/=`) : "";
    const answer = element("DescribeAutoScalingGroupsResult", list("AutoScalingGroups", groups) + next);
    return this.broken ? answer.replace(/<Instances>[^]*<\/Instances>/, "<Instances>") : answer;
  }

  describeInstances(form: URLSearchParams): string {
    const ids = [...form].filter(([name]) => name.startsWith("InstanceId.")).map(([, id]) => id);
    const machines = ids.map((id) => {
      const machine = this.machines.find((one) => one.id === id);
      if (machine === undefined || this.unknown.has(id)) throw new Refusal(400, "InvalidInstanceID.NotFound");
      if (this.down.has(machine.zone)) throw new Refusal(503, "Unavailable");
      return machine;
    });
    return list(
      "reservationSet",
      machines.map(({ id, name }) => {
        const second = element("item", element("privateDnsName", "ip-10-0-9-9.ec2.internal"));
        const own = name === "" ? "\n  <privateDnsName/>" : element("privateDnsName", name);
        const item = element("networkInterfaceSet", second) + own + element("instanceId", id);
        return element("item", element("instancesSet", element("item", item)));
      }),
    );
  }
}
