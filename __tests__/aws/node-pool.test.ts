import { addresses, only, resources } from "../support/synth";
import { BALANCERS, CLUSTER, nodePools, type Pool, WORKERS } from "../support/node-pool";

const group = (pool: Partial<Pool> = {}) =>
  only(nodePools([{ ...WORKERS, ...pool }]), "aws_autoscaling_group");
const balancers = (pool: Partial<Pool> = {}) =>
  only(nodePools([{ ...BALANCERS, ...pool }]), "aws_autoscaling_group");
const template = (pool: Partial<Pool> = {}) =>
  only(nodePools([{ ...WORKERS, ...pool }]), "aws_launch_template");
const tags = (pool: Partial<Pool> = {}) =>
  Object.fromEntries(
    (group(pool)["tag"] as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
  );

test("there are as many machines as the autoscaler wants, between the two counts", () => {
  expect(group({ minCount: 0, maxCount: 7 })).toMatchObject({
    name: "acme-prod-general",
    min_size: 0,
    max_size: 7,
    lifecycle: { ignore_changes: ["desired_capacity"] },
    wait_for_capacity_timeout: "0",
  });
  expect(group()).not.toHaveProperty("desired_capacity");
});

test("a pool of one type has its types in a policy as one of many has", () => {
  const overrides = (machineTypes: readonly string[]) => {
    const { launch_template: { override = [] } = {} } = group({ machineTypes })["mixed_instances_policy"] as {
      launch_template?: { override?: { instance_type: string }[] };
    };
    return override.map(({ instance_type: type }) => type);
  };
  expect(overrides(["m7g.large"])).toEqual(["m7g.large"]);
  expect(overrides(["m7g.xlarge", "m6g.large", "t4g.large"])).toEqual([
    "m7g.xlarge",
    "m6g.large",
    "t4g.large",
  ]);
  expect(template()).not.toHaveProperty("instance_type");
});

test.each([
  [0, 100, false],
  [30, 70, true],
  [100, 0, true],
])(
  "of %i percent spot, %i are on demand above the base, and rebalancing is %s",
  (spotPercent, share, early) => {
    expect(group({ spotPercent })).toMatchObject({
      capacity_rebalance: early,
      mixed_instances_policy: {
        instances_distribution: {
          on_demand_base_capacity: 0,
          on_demand_percentage_above_base_capacity: share,
          on_demand_allocation_strategy: "prioritized",
          spot_allocation_strategy: "price-capacity-optimized",
        },
      },
    });
  },
);

test("a change rolls through the machines one after the other", () => {
  const rolls = (min: number, max: number) => ({
    instance_maintenance_policy: { min_healthy_percentage: min, max_healthy_percentage: max },
    instance_refresh: {
      strategy: "Rolling",
      preferences: {
        min_healthy_percentage: min,
        max_healthy_percentage: max,
        skip_matching: true,
        auto_rollback: true,
      },
    },
  });
  expect(group()).toMatchObject(rolls(100, 110));
  // Not 100 and 100, with which AWS starts the new machine first: it would wait for the old one's address.
  expect(balancers()).toMatchObject(rolls(99, 100));
});

test("zones are balanced, but not by machines that would wait for an address", () => {
  expect(group()).not.toHaveProperty("suspended_processes");
  expect(balancers()["suspended_processes"]).toEqual(["AZRebalance"]);
});

test("a machine that has not joined is given up, and one that is not drained goes all the same", () => {
  expect(group()["initial_lifecycle_hook"]).toEqual([
    {
      name: "join",
      lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      heartbeat_timeout: 900,
      default_result: "ABANDON",
    },
    {
      name: "drain",
      lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeat_timeout: 600,
      default_result: "CONTINUE",
    },
  ]);
});

test("the group's tags tell the autoscaler what a node would be like, and no machine has them", () => {
  const pool = {
    diskGiB: 80,
    labels: { tier: "batch", "example.org/rack": "" },
    taints: [
      { key: "dedicated", value: "batch", effect: "NoExecute" },
      { key: "slow", effect: "PreferNoSchedule" },
    ],
  } as const;
  const autoscaler = "k8s.io/cluster-autoscaler";
  expect(tags(pool)).toEqual({
    Name: "acme-prod-general",
    [`${autoscaler}/enabled`]: "true",
    [`${autoscaler}/acme-prod`]: "owned",
    [`${autoscaler}/node-template/label/tier`]: "batch",
    [`${autoscaler}/node-template/label/example.org/rack`]: "",
    [`${autoscaler}/node-template/label/node-restriction.kubernetes.io/role`]: "worker",
    [`${autoscaler}/node-template/label/node-restriction.kubernetes.io/pool`]: "general",
    [`${autoscaler}/node-template/taint/dedicated`]: "batch:NoExecute",
    [`${autoscaler}/node-template/taint/slow`]: ":PreferNoSchedule",
    [`${autoscaler}/node-template/resources/ephemeral-storage`]: "80Gi",
  });
  expect(group(pool)["tag"]).toEqual(
    Object.keys(tags(pool)).map((key) => expect.objectContaining({ key, propagate_at_launch: false })),
  );
});

test("a load-balancer pool's nodes are marked, and keep away what does not tolerate them", () => {
  expect(tags({ role: "loadbalancer" })).toMatchObject({
    "k8s.io/cluster-autoscaler/node-template/label/role": "loadbalancer",
    "k8s.io/cluster-autoscaler/node-template/label/node.kubernetes.io/exclude-from-external-load-balancers":
      "true",
    "k8s.io/cluster-autoscaler/node-template/label/node-restriction.kubernetes.io/role": "loadbalancer",
    "k8s.io/cluster-autoscaler/node-template/taint/role": "loadbalancer:NoSchedule",
  });
});

test("instances, volumes and network interfaces carry the cluster's tag and the pool's", () => {
  const wanted = {
    Name: "acme-prod-general",
    "kubernetes.io/cluster/acme-prod": "owned",
    "keelson/pool": "acme-prod/general",
  };
  expect(template()["tag_specifications"]).toEqual(
    ["instance", "volume", "network-interface"].map((resource_type) => ({ resource_type, tags: wanted })),
  );
});

test("tags go by the cluster in lower case, whatever its resources are called", () => {
  const tf = nodePools([WORKERS], { resourceName: "Acme-Prod" });
  expect(only(tf, "aws_autoscaling_group")["name"]).toBe("Acme-Prod-general");
  expect(JSON.stringify(only(tf, "aws_launch_template")["tag_specifications"])).toContain(
    '"keelson/pool":"acme-prod/general"',
  );
});

test("a worker stands in private subnets of its zones, and Services' balancers may reach it", () => {
  expect(group({ zones: ["us-east-1c", "us-east-1a"] })["vpc_zone_identifier"]).toEqual([
    "subnet-private-a",
    "subnet-private-c",
  ]);
  expect(template()["network_interfaces"]).toEqual([
    expect.objectContaining({
      associate_public_ip_address: "false",
      security_groups: ["sg-members", "sg-services"],
    }),
  ]);
});

test("a load-balancer node stands in public subnets, and the world reaches its ports 80 and 443", () => {
  const tf = nodePools([BALANCERS]);
  expect(only(tf, "aws_autoscaling_group")["vpc_zone_identifier"]).toEqual(CLUSTER.network.publicSubnetIds);
  const door = expect.stringMatching(
    /^\$\{aws_security_group\.pools_edge_security-group_\w+\.id\}$/,
  ) as string;
  expect(only(tf, "aws_launch_template")["network_interfaces"]).toEqual([
    expect.objectContaining({ associate_public_ip_address: "true", security_groups: ["sg-members", door] }),
  ]);
  expect(
    Object.values(resources(tf, "aws_vpc_security_group_ingress_rule")).map((rule) => [
      rule["security_group_id"],
      rule["from_port"],
      rule["to_port"],
      rule["cidr_ipv4"],
    ]),
  ).toEqual([
    [door, 80, 80, "0.0.0.0/0"],
    [door, 443, 443, "0.0.0.0/0"],
  ]);
});

test("a worker pool has no addresses, records or groups of its own", () => {
  const made = addresses(nodePools([WORKERS])).map((address) => address.split(".")[0]);
  expect(new Set(made)).toEqual(
    new Set([
      ...["aws_autoscaling_group", "aws_launch_template", "aws_s3_object", "aws_iam_role", "aws_iam_policy"],
      ...["aws_iam_role_policy_attachment", "aws_iam_instance_profile", "data"],
    ]),
  );
});

test("there are as many addresses as machines at most, and what tells them apart is their number", () => {
  const tf = nodePools([{ ...BALANCERS, maxCount: 4 }]);
  expect(resources(tf, "aws_eip")).toEqual(
    Object.fromEntries(
      [1, 2, 3, 4].map((number) => [
        `pools_edge_addresses_${number}`,
        { domain: "vpc", tags: { Name: `acme-prod-edge-${number}`, "keelson/pool": "acme-prod/edge" } },
      ]),
    ),
  );
});

test("each address is among the answers for its names while somebody answers there", () => {
  const tf = nodePools([{ ...BALANCERS, maxCount: 3 }]);
  const records = Object.values(resources(tf, "aws_route53_record"));
  expect(records.map((record) => [record["name"], record["set_identifier"]])).toEqual(
    ["1", "2", "3"].flatMap((number) => [
      ["edge.prod.acme.io", number],
      ["*.prod.acme.io", number],
    ]),
  );
  for (const record of records) {
    const [address = ""] = record["records"] as string[];
    const [, id = ""] = /^\$\{aws_eip\.(\w+)\.public_ip\}$/.exec(address) ?? [];
    expect(id).toMatch(new RegExp(`^pools_edge_addresses_${String(record["set_identifier"])}_`));
    expect(record).toMatchObject({
      zone_id: "Z0123456789ABCDEFGHIJ",
      type: "A",
      ttl: 60,
      multivalue_answer_routing_policy: true,
    });
    const [, check = ""] =
      /^\$\{aws_route53_health_check\.(\w+)\.id\}$/.exec(String(record["health_check_id"])) ?? [];
    expect(tf.resource?.["aws_route53_health_check"]?.[check]).toMatchObject({
      type: "TCP",
      port: 443,
      ip_address: address,
    });
  }
});

test("a pool that leaves the wildcard to another has its own name only", () => {
  const tf = nodePools([{ ...BALANCERS, wildcard: false }]);
  expect(new Set(Object.values(resources(tf, "aws_route53_record")).map(({ name }) => name))).toEqual(
    new Set(["edge.prod.acme.io"]),
  );
});

test("without a public zone there are addresses, and neither names nor health checks to pay for", () => {
  const tf = nodePools([BALANCERS], { publicZone: undefined });
  expect(Object.keys(resources(tf, "aws_eip"))).toHaveLength(3);
  expect(tf.resource).not.toHaveProperty("aws_route53_record");
  expect(tf.resource).not.toHaveProperty("aws_route53_health_check");
});

test("a node boots with the kubelet of its pool's version and the tools of the cluster's", () => {
  const told = Object.fromEntries(
    [
      ...String(template({ kubernetesVersion: "1.34.9" })["user_data"]).matchAll(
        /"([A-Z_]+)='", replace\("([^"]*)"/g,
      ),
    ].map(([, name, value]) => [name, value]),
  );
  expect(told).toEqual({
    CLOUD: "aws",
    STORE_URL: "https://acme-prod-store.s3.us-east-1.amazonaws.com",
    CLUSTER: "acme-prod",
    POOL: "acme-prod/general",
    JOIN: "/keelson/acme-prod/join",
    KUBERNETES_VERSION: "1.36.4",
    KUBELET_VERSION: "1.34.9",
    ETCD_VERSION: "3.6.16",
    PACKAGES_URL: "https://pkgs.k8s.io/core:/stable:/v1.36/deb/",
    KUBELET_PACKAGES_URL: "https://pkgs.k8s.io/core:/stable:/v1.34/deb/",
    CONTAINERD_PACKAGES_URL: "https://download.docker.com/linux/ubuntu",
    AWS_REGION: "us-east-1",
    GROUP: "acme-prod-general",
    LAUNCH_HOOK: "join",
    TERMINATION_HOOK: "drain",
  });
});

test("labels and taints reach the kubelet as it reads them", () => {
  const text = String(
    template({
      labels: { tier: "batch", "example.org/rack": "" },
      taints: [
        { key: "dedicated", value: "batch", effect: "NoExecute" },
        { key: "slow", effect: "PreferNoSchedule" },
      ],
    })["user_data"],
  );
  expect(text).toContain(`"NODE_LABELS='", replace("tier=batch,example.org/rack="`);
  expect(text).toContain(`"NODE_TAINTS='", replace("dedicated=batch:NoExecute,slow=:PreferNoSchedule"`);
});

test("each pool has its own object in the store, though the scripts are the same", () => {
  const tf = nodePools([WORKERS, BALANCERS]);
  const keys = Object.values(resources(tf, "aws_s3_object")).map(({ key }) => String(key));
  expect(keys.map((key) => key.replace(/[0-9a-f]{64}/, "<sha>"))).toEqual([
    "boot/node/edge/<sha>.tar",
    "boot/node/general/<sha>.tar",
  ]);
  expect(new Set(keys.map((key) => key.split("/")[3])).size).toBe(1);
});

test("what a machine needs from its boot to its end is made before its group, and destroyed after it", () => {
  const needed = (pool: Pool) =>
    (only(nodePools([pool]), "aws_autoscaling_group")["depends_on"] as string[]).map((one) =>
      one.replace(/_[0-9A-F]{8}$/, ""),
    );
  const boot = (pool: string, ...callers: readonly string[]) => [
    `aws_s3_object.pools_${pool}_bundle`,
    ...callers.map((caller) => `aws_iam_role_policy_attachment.pools_${pool}_role_attachments_${caller}`),
  ];
  expect(needed(WORKERS)).toEqual(boot("general", "boot", "sessions"));
  expect(needed(BALANCERS)).toEqual([
    ...boot("edge", "boot", "addresses", "sessions"),
    ...[1, 2, 3].map((number) => `aws_eip.pools_edge_addresses_${number}`),
    ...["http", "https"].map((what) => `aws_vpc_security_group_ingress_rule.pools_edge_in_${what}`),
  ]);
});
