import { Refusal } from "./fake-server";

export interface FakeAddress {
  readonly allocation: string;
  /** The tag keelson/pool. */
  readonly pool: string;
  /** The machine that has it. */
  instance?: string;
}

/**
 * EC2's Elastic IPs. What EC2 refuses is refused: an address that another machine has and that may not be taken away from it; and
 * what the role's policy refuses, which lets a machine have addresses of its own pool only.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
export class FakeAddresses {
  readonly all: FakeAddress[] = [];
  /** How many of the next requests are answered with RequestLimitExceeded. */
  throttled = 0;

  /** @param pool the one of the machine that asks, as its role's policy has it */
  answer(action: string, form: URLSearchParams, pool: string): string {
    if (this.throttled > 0) {
      this.throttled--;
      throw new Refusal(503, "RequestLimitExceeded");
    }
    if (action === "DescribeAddresses") return this.describe(form);
    if (action === "AssociateAddress") return this.associate(form, pool);
    throw new Refusal(400, "InvalidAction");
  }

  private describe(form: URLSearchParams): string {
    const name = form.get("Filter.1.Name") ?? "";
    if (name !== "" && name !== "tag:keelson/pool") throw new Refusal(400, "InvalidParameterValue");
    const wanted = this.all.filter(({ pool }) => name === "" || pool === form.get("Filter.1.Value.1"));
    return `<addressesSet>\n${wanted.map(item).join("\n")}\n</addressesSet>`;
  }

  private associate(form: URLSearchParams, pool: string): string {
    const found = this.all.find(({ allocation }) => allocation === form.get("AllocationId"));
    const instance = form.get("InstanceId") ?? "";
    if (found === undefined) throw new Refusal(400, "InvalidAllocationID.NotFound");
    if (found.pool !== pool) throw new Refusal(403, "UnauthorizedOperation");
    // What it is when nothing is said is true for an address in a VPC.
    const mayTake = form.get("AllowReassociation") !== "false";
    if (found.instance !== undefined && found.instance !== instance && !mayTake)
      throw new Refusal(400, "Resource.AlreadyAssociated");
    // The address that the machine had before goes back.
    for (const one of this.all) if (one.instance === instance) delete one.instance;
    found.instance = instance;
    return `<return>true</return><associationId>eipassoc-${found.allocation}</associationId>`;
  }
}

const item = ({ allocation, pool, instance }: FakeAddress) => `<item>
    <publicIp>198.51.100.7</publicIp>
    <allocationId>${allocation}</allocationId>
    <domain>vpc</domain>${
      instance === undefined
        ? ""
        : `<instanceId>${instance}</instanceId><associationId>eipassoc-${allocation}</associationId>`
    }
    <tagSet>
      <item><key>Name</key><value>one</value></item>
      <item><key>keelson/pool</key><value>${pool}</value></item>
    </tagSet>
  </item>`;
