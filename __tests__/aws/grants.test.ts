import { readFileSync } from "node:fs";
import * as path from "node:path";
import { documentedActions } from "../support/documented-actions";
import { estate } from "../support/estate";
import { ROOT } from "../support/run";
import { resources, type Terraform } from "../support/synth";

interface Grant {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const ACCOUNT = "000000000000";

/** What a request says of itself, by IAM's names. */
type Context = Readonly<Record<string, string>>;

/** What a policy allows, read from the expression that Terraform encodes it from, with an account put in. */
function grants(policy: string): readonly Grant[] {
  const json = policy
    .replace(/^\$\{jsonencode\((.*)\)\}$/s, "$1")
    .replace(/\$\{[^}]*partition\}/g, "aws")
    .replace(/\$\{[^}]*\}/g, ACCOUNT)
    .replace(/(?<=[[ ])(aws_[\w.-]+)/g, '"$1"')
    .replace(/" = /g, '": ');
  return (JSON.parse(json) as { readonly Statement: readonly Grant[] }).Statement;
}

/** A policy of a stack: whose role has it, and who calls with it. */
interface Policy {
  /** "master", a pool's name, or "flow-logs". */
  readonly of: string;
  /** As the page's headings have it. */
  readonly caller: string;
  readonly grants: readonly Grant[];
}

function policies(tf: Terraform): readonly Policy[] {
  const managed = Object.entries(resources(tf, "aws_iam_policy")).map(([id, { policy }]): Policy => {
    const [, pool, caller = id] = /^(?:pools_([a-z-]+)|.*)_role_policies_([a-z-]+)$/.exec(id) ?? [];
    return {
      of: pool ?? "master",
      caller: pool === undefined ? caller : `nodes: ${caller}`,
      grants: grants(String(policy)),
    };
  });
  const inline = Object.values(resources(tf, "aws_iam_role_policy")).map(({ policy }): Policy => ({
    of: "flow-logs",
    caller: "flow-logs",
    grants: grants(String(policy)),
  }));
  return [...managed, ...inline];
}

/** Stands in for IAM's decision, as far as our policies go: a key that the request lacks equals nothing. */
function allows(grant: Grant, action: string, arn: string, context: Context): boolean {
  const holds = ([operator, keys]: [string, Readonly<Record<string, string | readonly string[]>>]) => {
    if (!/^(ForAnyValue:)?StringEquals$/.test(operator)) throw new Error(`${operator} is not known here`);
    return Object.entries(keys).every(([key, values]) => [values].flat().includes(context[key] ?? ""));
  };
  const covers = (pattern: string) =>
    new RegExp(`^${pattern.replace(/[$+.?^()[\]{}|\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(arn);
  return (
    grant.Action.includes(action) &&
    grant.Resource.some(covers) &&
    Object.entries(grant.Condition ?? {}).every(holds)
  );
}

const page = readFileSync(path.join(ROOT, "docs/iam.md"), "utf8");
const documented = documentedActions(page, /[a-z0-9]+:[A-Za-z]+/);
const stacks = Object.entries(estate()).filter(
  ([id, { provider }]) => provider?.["aws"] !== undefined && !/-(platform|state|store)$/.test(id),
);
const every = stacks.flatMap(([, tf]) => policies(tf));
const all = every.flatMap(({ grants: granted }) => granted);
const actionsOf = ({ grants: granted }: Policy) =>
  [...new Set(granted.flatMap(({ Action }) => Action))].sort();

test.each(stacks)("each action that a role of %s has stands in docs/iam.md, under its caller", (_id, tf) => {
  for (const policy of policies(tf)) {
    expect([policy.of, policy.caller, actionsOf(policy)]).toEqual([
      policy.of,
      policy.caller,
      documented[policy.caller],
    ]);
  }
});

test("docs/iam.md names no caller that no role is for", () => {
  expect([...new Set(every.map(({ caller }) => caller))].sort()).toEqual(Object.keys(documented).sort());
});

test("what boots and backs up a master has at most twenty actions", () => {
  expect(documented["boot"]?.length).toBeGreaterThan(10);
  expect(documented["boot"]?.length).toBeLessThanOrEqual(20);
});

test("no action is a wildcard", () => {
  expect(all.length).toBeGreaterThan(20);
  expect(all.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
});

test("everything is the resource only of what AWS keeps to none, and the page says so of each", () => {
  const unbound =
    /:(Describe|Get\w+FromInstanceRequirements|PutMetricData|(Create|Open)(Control|Data)Channel)/;
  const wide = all.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
  expect(wide.filter((action) => !unbound.test(action))).toEqual([]);
  for (const action of wide) {
    expect(page).toMatch(new RegExp(`^\\| \`${action}\` .*keeps it to .*no resource`, "m"));
  }
});

test("nobody deletes in the store", () => {
  expect(all.flatMap(({ Action }) => Action).filter((action) => action.startsWith("s3:Delete"))).toEqual([]);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
test("each policy fits into what IAM takes, with room for the partition and the account", () => {
  for (const { grants: Statement } of every) {
    expect(JSON.stringify({ Version: "2012-10-17", Statement }).length).toBeLessThan(6144);
  }
});

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const ELB = "elasticloadbalancing";
const volume = arn("ec2", "volume/vol-1");
const snapshot = "arn:aws:ec2:us-east-1::snapshot/snap-1";
const machine = arn("ec2", "instance/i-1");
const balancer = arn(ELB, "loadbalancer/net/one/1");
const listener = arn(ELB, "listener/net/one/1/1");
const targets = arn(ELB, "targetgroup/one/1");

type ContextOf = (cluster: string) => Context;
/** The cluster's tags, by the programs that look for them. */
const driver = (key: string) => (cluster: string) => ({ [`${key}/ebs.csi.aws.com/cluster-name`]: cluster });
const cloud = (key: string) => (cluster: string) => ({
  [`${key}/kubernetes.io/cluster/${cluster}`]: "owned",
});
const sizable: ContextOf = (cluster) => ({
  [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned",
});
const key: ContextOf = (cluster) => ({ "kms:ResourceAliases": `alias/${cluster}` });
const also = (contextOf: ContextOf, more: ContextOf) => (cluster: string) => ({
  ...contextOf(cluster),
  ...more(cluster),
});
const made = driver("aws:RequestTag");
const asked = cloud("aws:RequestTag");
const owned = cloud("aws:ResourceTag");
const creating = (action: string) => () => ({ "ec2:CreateAction": action });
const balancing = (action: string) => () => ({ "elasticloadbalancing:CreateAction": action });

const DISK = "AttachVolume CopyVolumes CreateSnapshot DeleteVolume DetachVolume ModifyVolume";
const TARGETS =
  "DeleteTargetGroup DeregisterTargets ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets";

/** What a master does, to what, and all that has to be so for it. */
const conditioned: [string, string, string, string, ContextOf][] = [
  ["changes volumes that the driver made", "ec2", DISK, volume, driver("ec2:ResourceTag")],
  ["uses its snapshots", "ec2", "CreateVolume DeleteSnapshot", snapshot, driver("ec2:ResourceTag")],
  ["makes volumes with the tag", "ec2", "CopyVolumes CreateVolume", volume, made],
  ["makes snapshots with the tag", "ec2", "CreateSnapshot", snapshot, made],
  ["tags a new volume", "ec2", "CreateTags", volume, also(made, creating("CreateVolume"))],
  ["tags a copy", "ec2", "CreateTags", volume, also(made, creating("CopyVolumes"))],
  ["tags a new snapshot", "ec2", "CreateTags", snapshot, also(made, creating("CreateSnapshot"))],
  ["attaches to its machines", "ec2", "AttachVolume DetachVolume", machine, cloud("ec2:ResourceTag")],
  ["makes balancers", ELB, "CreateLoadBalancer", balancer, asked],
  ["makes target groups", ELB, "CreateTargetGroup", targets, asked],
  ...[
    { action: "CreateListener", what: listener },
    { action: "CreateLoadBalancer", what: balancer },
    { action: "CreateTargetGroup", what: targets },
  ].map(({ action, what }): (typeof conditioned)[number] => [
    `tags what ${action} makes`,
    ELB,
    "AddTags",
    what,
    also(asked, balancing(action)),
  ]),
  ["makes listeners of its balancers", ELB, "CreateListener", balancer, also(asked, owned)],
  ["changes its balancers", ELB, "DeleteLoadBalancer ModifyLoadBalancerAttributes", balancer, owned],
  ["changes its listeners", ELB, "DeleteListener ModifyListener", listener, owned],
  ["changes its target groups", ELB, TARGETS, targets, owned],
  [
    "opens its nodes",
    "ec2",
    "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress",
    arn("ec2", "security-group/sg-1"),
    owned,
  ],
  [
    "sizes its pools",
    "autoscaling",
    "SetDesiredCapacity TerminateInstanceInAutoScalingGroup",
    arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/one"),
    sizable,
  ],
  ["uses the sealing key", "kms", "Decrypt Encrypt", arn("kms", "key/1"), key],
  ["sends our metrics", "cloudwatch", "PutMetricData", "*", () => ({ "cloudwatch:namespace": "Keelson" })],
];

describe.each(stacks)("the master of %s", (environment, tf) => {
  const cluster = `keelson-${environment}`;
  const role = policies(tf).flatMap(({ of, grants: granted }) => (of === "master" ? granted : []));
  const may = (action: string, what: string, context: Context = {}) =>
    role.some((grant) => allows(grant, action, what, context));

  test.each(conditioned)("%s, and no others", (_name, service, actions, what, contextOf) => {
    const context = contextOf(cluster);
    for (const action of actions.split(" ").map((name) => `${service}:${name}`)) {
      expect([action, may(action, what, context)]).toEqual([action, true]);
      for (const name of Object.keys(context)) {
        for (const other of ["", "else"]) {
          expect([action, name, may(action, what, { ...context, [name]: other })]).toEqual([
            action,
            name,
            false,
          ]);
        }
      }
    }
  });

  test("reads and writes the witness, the join credentials and the way in, and no other parameter", () => {
    const parameter = (which: string) => arn("ssm", `parameter/keelson/${cluster}/${which}`);
    for (const action of ["ssm:GetParameter", "ssm:PutParameter"]) {
      const names = ["witness", "join", "ca", "credential", "other", "ca/other"];
      expect(names.filter((which) => may(action, parameter(which)))).toEqual(names.slice(0, 4));
    }
  });

  test("tags snapshots as superseded, and nothing else in the store", () => {
    const superseded = { "s3:RequestObjectTag/superseded": "yes" };
    const object = (prefix: string) => `arn:aws:s3:::${cluster}-store-${ACCOUNT}/${prefix}/one`;
    expect(may("s3:PutObjectTagging", object("etcd"), superseded)).toBe(true);
    expect(may("s3:PutObjectTagging", object("etcd"), { "s3:RequestObjectTag/other": "yes" })).toBe(false);
    expect(may("s3:PutObjectTagging", object("identity"), superseded)).toBe(false);
  });

  test("deletes and detaches no disk of a machine, though it carries the cluster's tag", () => {
    const disk = also(cloud("ec2:ResourceTag"), owned)(cluster);
    expect(["ec2:DeleteVolume", "ec2:DetachVolume"].filter((action) => may(action, volume, disk))).toEqual(
      [],
    );
  });

  test("tags nothing that is there, and makes no security group", () => {
    const tags = also(asked, made)(cluster);
    const there = [volume, snapshot, machine, balancer, listener, targets, arn("ec2", "security-group/sg-1")];
    for (const action of ["ec2:CreateTags", "elasticloadbalancing:AddTags", "ec2:CreateSecurityGroup"]) {
      expect(there.filter((what) => may(action, what, tags))).toEqual([]);
    }
  });

  test("reports machines of the account and region to Systems Manager", () => {
    const report = "ssm:UpdateInstanceInformation";
    expect(may(report, machine)).toBe(true);
    expect(may(report, machine.replace("us-east-1", "us-west-2"))).toBe(false);
    expect(may(report, arn("ssm", "managed-instance/mi-1"))).toBe(false);
  });

  // Else the cloud controller could take down the way to the API, and open the master.
  test("finds the cluster's tag on machines and on the group that it may open, and on nothing else", () => {
    const tagged = Object.entries(tf.resource ?? {}).flatMap(([type, made]) =>
      /policy/.test(type)
        ? []
        : Object.entries(made)
            .filter(([, one]) => JSON.stringify(one).includes(`kubernetes.io/cluster/${cluster}"`))
            .map(([id]) => `${type}.${id.replace(/_[0-9A-F]{8}$/, "")}`),
    );
    const pools = [...new Set(policies(tf).map(({ of }) => of))].filter(
      (of) => !["master", "flow-logs"].includes(of),
    );
    expect(tagged.sort()).toEqual(
      [
        "aws_launch_template.cluster_control-plane_launch-template",
        ...pools.map((pool) => `aws_launch_template.pools_${pool}_launch-template`),
        "aws_security_group.cluster_nodes_services",
      ].sort(),
    );
    for (const template of Object.values(resources(tf, "aws_launch_template"))) {
      expect(template["tag_specifications"]).toContainEqual({
        resource_type: "instance",
        tags: expect.objectContaining({ [`kubernetes.io/cluster/${cluster}`]: "owned" }),
      });
    }
  });
});

const nodes = stacks.flatMap(([environment, tf]) =>
  [...new Set(policies(tf).map(({ of }) => of))]
    .filter((of) => !["master", "flow-logs"].includes(of))
    .map((name) => ({ environment, tf, name })),
);

describe.each(nodes)("a node of $name in $environment", ({ environment, tf, name }) => {
  const cluster = `keelson-${environment}`;
  const role = policies(tf).flatMap(({ of, grants: granted }) => (of === name ? granted : []));
  const isOpen = name === "loadbalancer";
  const lends = environment === "prod-us-east-1" && name === "general";
  const may = (action: string, what: string, context: Context = {}) =>
    role.some((grant) => allows(grant, action, what, context));
  const object = (key: string) => `arn:aws:s3:::${cluster}-store-${ACCOUNT}/${key}`;
  const join = arn("ssm", `parameter/keelson/${cluster}/join`);
  const group = (of: string) =>
    arn("autoscaling", `autoScalingGroup:00-11:autoScalingGroupName/${cluster}-${of}`);

  test("reads its own scripts and what is kept of packages, and nothing else in the store", () => {
    expect(may("s3:GetObject", object(`boot/node/${name}/00ff.tar`))).toBe(true);
    expect(may("s3:GetObject", object("packages/one.deb"))).toBe(true);
    for (const key of [
      ...["identity/ca.key", "identity/epoch/1", "etcd/1/1", "founding/genesis", "pin/now"],
      ...["boot/control-plane/00ff.tar", "boot/node/00ff.tar", "boot/node/other/00ff.tar"],
      `boot/node/${name}-2/00ff.tar`,
    ]) {
      expect([key, may("s3:GetObject", object(key))]).toEqual([key, false]);
    }
    const inStore = role.flatMap(({ Action }) => Action).filter((action) => action.startsWith("s3:"));
    expect(inStore).toEqual(["s3:GetObject", ...(lends ? ["s3:PutObject"] : [])]);
  });

  test("puts snapshots of Consul if its pool lends its identity, and nothing else into the store", () => {
    expect(may("s3:PutObject", object("addons/consul/1.snap"))).toBe(lends);
    for (const key of ["addons/consul", "addons/consul2/1", "addons/vault/1", "etcd/1/1", "pin/now"]) {
      expect([key, may("s3:PutObject", object(key))]).toEqual([key, false]);
    }
  });

  test("uses the unsealing key if its pool lends its identity, and no other key so", () => {
    const aliases = { "kms:ResourceAliases": `alias/${cluster}/unseal` };
    for (const action of ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]) {
      expect([action, may(action, arn("kms", "key/1"), aliases)]).toEqual([action, lends]);
      for (const other of ["", `alias/${cluster}`, "alias/keelson-other/unseal"]) {
        const context = { "kms:ResourceAliases": other };
        expect([action, other, may(action, arn("kms", "key/1"), context)]).toEqual([action, other, false]);
      }
    }
  });

  test("opens the join credentials and nothing else that the sealing key has sealed", () => {
    const how = {
      "kms:ResourceAliases": `alias/${cluster}`,
      "kms:ViaService": "ssm.us-east-1.amazonaws.com",
      "kms:EncryptionContext:PARAMETER_ARN": join,
    };
    expect(may("ssm:GetParameter", join)).toBe(true);
    expect(may("ssm:GetParameter", join.replace("/join", "/witness"))).toBe(false);
    expect(may("kms:Decrypt", arn("kms", "key/1"), how)).toBe(true);
    for (const key of Object.keys(how)) {
      for (const other of ["", join.replace("/join", "/witness")]) {
        expect([key, may("kms:Decrypt", arn("kms", "key/1"), { ...how, [key]: other })]).toEqual([
          key,
          false,
        ]);
      }
    }
  });

  test("speaks for its own group only", () => {
    for (const action of ["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"]) {
      expect(may(`autoscaling:${action}`, group(name))).toBe(true);
      expect(may(`autoscaling:${action}`, group("master"))).toBe(false);
      expect(may(`autoscaling:${action}`, group(`${name}-2`))).toBe(false);
    }
  });

  test("takes an address only if its pool has some, and only such a one, on a machine of the pool", () => {
    const own = { "aws:ResourceTag/keelson/pool": `${cluster}/${name}` };
    for (const what of ["elastic-ip/eipalloc-1", "instance/i-1", "network-interface/eni-1"]) {
      expect(may("ec2:AssociateAddress", arn("ec2", what), own)).toBe(isOpen);
      expect(may("ec2:AssociateAddress", arn("ec2", what))).toBe(false);
      expect(
        may("ec2:AssociateAddress", arn("ec2", what), { "aws:ResourceTag/keelson/pool": `${cluster}/other` }),
      ).toBe(false);
    }
    expect(may("ec2:DescribeAddresses", "*")).toBe(isOpen);
  });

  test("has these actions and no others", () => {
    const sessions = documented["nodes: sessions"] ?? [];
    expect([...new Set(role.flatMap(({ Action }) => Action))].sort()).toEqual(
      [
        ...["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
        ...["kms:Decrypt", "s3:GetObject", "ssm:GetParameter"],
        ...(isOpen ? ["ec2:AssociateAddress", "ec2:DescribeAddresses"] : []),
        ...(lends ? ["kms:DescribeKey", "kms:Encrypt", "s3:PutObject"] : []),
        ...sessions,
      ].sort(),
    );
    expect(sessions.filter((action: string) => !action.startsWith("ssm"))).toEqual([]);
  });
});

test("the EBS driver is told the cluster's name, which it tags with", () => {
  const values = readFileSync(path.join(ROOT, "scripts/node/addons/aws-ebs-csi-driver.yaml"), "utf8");
  expect(values).toMatch(/^controller:\n( .*\n)*? {2}k8sTagClusterId: \$\{CLUSTER\}$/m);
});
