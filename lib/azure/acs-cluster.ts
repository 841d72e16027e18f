import type { Construct } from "constructs";
import {
  checkPoolShape,
  DEFAULT_POD_CIDR,
  fitInto,
  type NodePoolSpec,
  nodeVersionOf,
  Problems,
  type Rule,
  type SoundKey,
} from "../core";
import { checkCluster, Cluster, type ClusterProps } from "./cluster";
import { NodePool, type NodePoolProps } from "./node-pool";
import { type AzureNodePoolSurroundings, checkAzureNodePool } from "./node-pool-rules";

/** The sizes and the least count that IEP-4 has. @see https://github.com/jenkins-infra/iep/tree/master/iep-004 */
const IEP_4 = { master: "Standard_D3_v2", agents: "Standard_D2_v2", least: 3 };

/** The agents are one pool of workers, whose name is theirs. */
export interface AcsAgents
  extends
    Omit<NodePoolSpec, "name" | "role" | "wildcard" | "minCount" | "machineTypes">,
    Partial<Pick<NodePoolSpec, "machineTypes">> {
  /**
   * The least agents that there are: a whole number of at least 3.
   * @default 3
   */
  readonly minCount?: number;
  /**
   * One size. ["Standard_D2s_v5"] is the successor, to which agents roll; an image of generation 1 starts on either.
   * @default ["Standard_D2_v2"]
   */
  readonly machineTypes?: readonly string[];
}

export interface AcsClusterProps extends ClusterProps {
  /**
   * Its `instanceType` is "Standard_D3_v2" by default; "Standard_D4s_v5" is the successor, with premium disks, for which the set is
   * replaced and the master rebuilt. An image of generation 1 starts on either.
   */
  readonly controlPlane: ClusterProps["controlPlane"];
  readonly agents: AcsAgents;
  /**
   * What pods may do as the agents: a pool's prop of that name.
   * @default nothing
   */
  readonly lends?: NodePoolProps["lends"];
}

/**
 * The shape that Azure Container Service gave, as the Jenkins project's IEP-4 wants it: one master and at least three agents, of Dv2.
 * More pools take it for their cluster.
 *
 * Dv2 retires on 2028-05-01 and may be refused to new subscriptions, which synthesis says; each of the sizes is changed by one line.
 *
 * @throws InvalidError with everything that is wrong with the props, the cluster's and the agents'
 */
export class AcsCluster extends Cluster {
  readonly agents: NodePool;

  constructor(scope: Construct, id: string, props: AcsClusterProps) {
    const { agents, lends, ...given } = props;
    const cluster = { ...given, controlPlane: withAcsSize(given.controlPlane) };
    const problems = new Problems([scope.node.path, id].filter((part) => part !== "").join("/"));
    checkCluster(problems, cluster);
    checkAgents(problems.in("agents"), agents, {
      kubernetesVersion: nodeVersionOf(cluster.controlPlane),
      zones: cluster.network.zones,
      resourceName: cluster.name,
    });
    problems.check("agents", [agentPool(agents)], fitInto(cluster.controlPlane.podCidr ?? DEFAULT_POD_CIDR));
    problems.throw();

    super(scope, id, cluster);
    this.agents = new NodePool(this, "agents", { ...agentPool(agents), cluster: this, lends });
  }
}

/** A control plane with IEP-4's size, unless it says another one. */
export function withAcsSize<T extends { readonly instanceType?: string }>(controlPlane: T): T {
  return { ...controlPlane, instanceType: controlPlane.instanceType ?? IEP_4.master };
}

/** The pool that the agents are. */
export function agentPool({ minCount, machineTypes, ...agents }: AcsAgents): NodePoolSpec {
  return {
    ...agents,
    name: "agents",
    role: "worker",
    wildcard: false,
    minCount: minCount ?? IEP_4.least,
    machineTypes: machineTypes ?? [IEP_4.agents],
  };
}

/**
 * Adds everything that is wrong with the agents.
 *
 * @param sound which keys are of their kind, where that was looked at before; the others are left out
 */
export function checkAgents(
  problems: Problems,
  agents: AcsAgents,
  surroundings: AzureNodePoolSurroundings,
  sound: SoundKey = checkPoolShape(problems, agentPool(agents)),
): void {
  const pool = agentPool(agents);
  if (sound("minCount")) {
    problems.check("minCount", pool.minCount, areEnough);
  }
  checkAzureNodePool(problems, pool, surroundings, sound);
}

/** What is no count at all, or more than the most, is another rule's business. */
const areEnough: Rule<number> = (minCount) =>
  minCount >= 0 && minCount < IEP_4.least
    ? [{ mustHold: `must be at least ${IEP_4.least} (IEP-4 keeps three agents running)`, got: minCount }]
    : [];
