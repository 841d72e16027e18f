import { NetworkAcl as AwsNetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import { Construct } from "constructs";
import { PORTS, type Port } from "../core";

const WORLD = "0.0.0.0/0";

export interface NetworkAclProps {
  /** Its Name tag. */
  readonly name: string;
  readonly vpcId: string;
  /** The network's own range, from which everything is let in. */
  readonly cidrBlock: string;
  /** What the world may open connections to, each under the name that its rule gets. */
  readonly opens?: Readonly<Record<string, Port>>;
}

/**
 * The second fence of a tier of subnets, behind the security groups, which are the first. It holds when a security
 * group is opened by mistake: whatever the group says, the world reaches no port below 1024 that is not in `opens`.
 *
 * It knows no connections, so the ports on which replies arrive are open to the world, and so is every service on
 * such a port as far as this fence goes. All that leaves is let out: which ports applications call is the security
 * groups' business, and a packet dropped here tells nobody.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
 */
export class NetworkAcl extends Construct {
  readonly acl: AwsNetworkAcl;

  constructor(scope: Construct, id: string, { name, vpcId, cidrBlock, opens = {} }: NetworkAclProps) {
    super(scope, id);

    this.acl = new AwsNetworkAcl(this, "Resource", { vpcId, tags: { Name: name } });

    const inbound = new Construct(this, "in");
    this.allow(inbound, "own-range", 100, { protocol: "-1", cidrBlock });
    for (const [service, port] of Object.entries(opens)) {
      // A rule's number is its identity to AWS. The port gives one that no other rule's coming or going changes.
      this.allow(inbound, service, 1000 + port.from, fromWorld(port));
    }
    this.allow(inbound, "tcp-replies", 200, fromWorld(PORTS.tcpReplies));
    this.allow(inbound, "udp-replies", 210, fromWorld(PORTS.udpReplies));
    // Without it, connections over a path with a smaller packet size hang.
    // https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html
    this.allow(inbound, "path-mtu", 220, { protocol: "icmp", cidrBlock: WORLD, icmpType: 3, icmpCode: 4 });

    const outbound = new Construct(this, "out");
    this.allow(outbound, "world", 100, { protocol: "-1", cidrBlock: WORLD, egress: true });
  }

  get id(): string {
    return this.acl.id;
  }

  private allow(scope: Construct, id: string, ruleNumber: number, traffic: Traffic): void {
    new NetworkAclRule(scope, id, { networkAclId: this.id, ruleNumber, ruleAction: "allow", ...traffic });
  }
}

interface Traffic {
  readonly protocol: string;
  readonly cidrBlock: string;
  readonly egress?: boolean;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

function fromWorld({ protocol, from, to }: Port): Traffic {
  return { protocol, cidrBlock: WORLD, fromPort: from, toPort: to };
}
