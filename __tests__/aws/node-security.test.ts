import { Cluster } from "../../lib/aws";
import { resources, synth } from "../support/synth";
import { CLUSTER } from "../support/node-pool";
import { IMAGE } from "../support/control-plane";

const tf = synth(
  (stack) =>
    new Cluster(stack, "cluster", {
      name: "Acme-prod",
      cluster: "prod",
      network: CLUSTER.network,
      domain: "acme.io",
      store: CLUSTER.store,
      sealingKey: "alias/acme-prod",
      controlPlane: { kubernetesVersion: "1.36.4", image: IMAGE },
    }),
);

const MEMBERS = "cluster_nodes_members";
const MASTERS = "cluster_control-plane_security-group";
const groupOf = (reference: unknown) =>
  /^\$\{aws_security_group\.(.+)_[0-9A-F]{8}\.id\}$/.exec(String(reference))?.[1] ?? String(reference);

/** What is let in, as "to < from: protocol port", but for what the balancer of the API has to do with. */
const letIn = Object.values(resources(tf, "aws_vpc_security_group_ingress_rule"))
  .map((rule) => {
    const [to, from] = [rule["security_group_id"], rule["referenced_security_group_id"]].map(groupOf);
    return `${to} < ${from}: ${String(rule["ip_protocol"])} ${String(rule["from_port"])}`;
  })
  .filter((line) => !line.includes("internal"))
  .sort();

test("nodes and masters talk in every direction, by VXLAN, Cilium's health, the kubelet's port and echo, and by nothing else", () => {
  const talk = ["udp 8472", "tcp 4240", "tcp 10250", "icmp 8"];
  const ways = [`${MEMBERS} < ${MEMBERS}`, `${MEMBERS} < ${MASTERS}`, `${MASTERS} < ${MEMBERS}`];
  expect(letIn).toEqual(ways.flatMap((way) => talk.map((what) => `${way}: ${what}`)).sort());
});

test("nodes reach the world", () => {
  const out = Object.values(resources(tf, "aws_vpc_security_group_egress_rule")).filter(
    (rule) => groupOf(rule["security_group_id"]) === MEMBERS,
  );
  expect(out).toEqual([expect.objectContaining({ ip_protocol: "-1", cidr_ipv4: "0.0.0.0/0" })]);
});

test("the cloud controller finds one group that it may open, in which there is nothing yet", () => {
  const groups = resources(tf, "aws_security_group");
  const tagged = Object.entries(groups).filter(([, group]) =>
    JSON.stringify(group["tags"]).includes("kubernetes.io/cluster/acme-prod"),
  );
  expect(tagged.map(([id]) => id)).toEqual(["cluster_nodes_services"]);
  expect(letIn.filter((line) => line.includes("services"))).toEqual([]);
});
