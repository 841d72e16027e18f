import { z } from "zod";
import { isImage } from "../../lib/addons/rules";
import { isDomain, LABEL, type Rule, TAINT_EFFECTS } from "../../lib/core";

/** An object whose keys, and those of its parts, have rules of their own. */
export type EnvironmentSchema = z.ZodObject<
  Record<string, z.ZodType> & Record<"network" | "controlPlane", z.ZodObject>
>;

/** What an environment may be that says of no cloud that there is: nothing else of it can be looked at. */
export const cloudless = z.looseObject(
  { cloud: z.enum(["aws", "azure"], 'must be "aws" or "azure"') },
  "must be an object with name, cloud, prefix and what an environment of its cloud has",
);

/** What a new network has to be. */
export const IS_NETWORK =
  "must be a network to make, such as { zones: [...] }, or one that exists, with its networkId";

/** The keys that environments of either cloud have, in their order there. */
export const common = {
  name: matching(LABEL, "must be a DNS label, such as prod-us-east-1"),
  prefix: matching(LABEL, "must be a DNS label that names your estate, such as acme"),
  domain: z.string("must be a domain name in lower case, such as example.org").check(holds(isDomain)),
  retainData: z.boolean("must be true or false").optional(),
};

/** The ranges of networks that an environment's is peered with. */
export const peeredRanges = z
  .array(z.string("must be an IPv4 range"), "must be a list of the ranges of other networks")
  .optional();

const publicApi = z.strictObject(
  {
    allowedCidrs: z.array(z.string("must be an IPv4 range"), "must name the ranges that may reach the API"),
    openToTheWorld: z.boolean("must be true or false").optional(),
  },
  "must be { allowedCidrs: [...] }",
);

/** What images and types are called in a cloud. */
export interface Words {
  /** Such as "ami-0a1b2c3d4e5f60718". */
  readonly image: string;
  /** Such as "m7g.large". */
  readonly type: string;
}

function imageLike(example: string) {
  return z.strictObject(
    {
      id: z.string(`must be an image's id, such as ${example}`),
      architecture: z.enum(["amd64", "arm64"], 'must be "amd64" or "arm64"'),
    },
    `must be { id: "${example}", architecture: "amd64" }`,
  );
}

/** The master of an environment. */
export function controlPlaneLike({ image, type }: Words) {
  return z.strictObject(
    {
      kubernetesVersion: z.string('must be a full version such as "1.36.4"'),
      previousKubernetesVersion: z.string('must be a full version such as "1.35.7"').optional(),
      image: imageLike(image),
      instanceType: z.string(`must be an instance type such as "${type}"`).optional(),
      diskGiB: z.number("must be a number of GiB").optional(),
      publicApi: publicApi.optional(),
      podCidr: z.string("must be an IPv4 range").optional(),
      serviceCidr: z.string("must be an IPv4 range").optional(),
      rollout: z.enum(["manual", "automatic"], 'must be "manual" or "automatic"').optional(),
    },
    "must be the master's kubernetesVersion, image and the like",
  );
}

/** A node pool of an environment. */
export function nodePoolLike({ image, type }: Words) {
  return z.strictObject(
    {
      name: z.string("must be a DNS label of at most 28 characters, such as general"),
      role: z.enum(["worker", "loadbalancer"], 'must be "worker" or "loadbalancer"').optional(),
      wildcard: z.boolean("must be true or false").optional(),
      machineTypes: z.array(z.string("must be an instance type"), `must be types such as ["${type}"]`),
      image: imageLike(image),
      minCount: z.number("must be a number of machines"),
      maxCount: z.number("must be a number of machines"),
      labels: z.record(z.string(), z.string("must be a label's value"), "must be labels by key").optional(),
      taints: z
        .array(
          z.strictObject(
            {
              key: z.string("must be a taint's key"),
              value: z.string("must be a taint's value").optional(),
              effect: z.enum(TAINT_EFFECTS, `must be one of ${TAINT_EFFECTS.join(", ")}`),
            },
            'must be { key: "...", effect: "NoSchedule" }',
          ),
          "must be a list of taints",
        )
        .optional(),
      diskGiB: z.number("must be a number of GiB").optional(),
      zones: z.array(z.string("must be a zone's name"), "must be a list of zones").optional(),
      spotPercent: z.number("must be a number from 0 to 100").optional(),
      kubernetesVersion: z.string('must be a full version such as "1.36.4"').optional(),
    },
    "must be a node pool with name, machineTypes, image, minCount, maxCount",
  );
}

const servers = z.number("must be a number of servers").optional();
const diskGiB = z.number("must be a number of GiB").optional();
const image = z
  .strictObject(
    { repository: z.string(), version: z.string(), digest: z.string() },
    'must be { repository: "hashicorp/consul", version: "2.0.3", digest: "sha256:..." } and the like',
  )
  .check(holds(isImage))
  .optional();
const clients = z.array(z.string("must be a namespace's name"), "must be a list of namespaces").optional();

/** What runs inside an environment's cluster. */
export const platform = z
  .strictObject(
    {
      pool: z.string("must be a pool's name"),
      storageClass: z.string("must be a storage class' name").optional(),
      consul: z
        .strictObject({ servers, diskGiB, clients, image }, "must be { servers: 3 } and the like")
        .optional(),
      vault: z
        .strictObject(
          {
            servers,
            diskGiB,
            auditGiB: diskGiB,
            clients,
            image,
            storage: z.enum(["consul", "raft"], 'must be "consul" or "raft"').optional(),
          },
          "must be { servers: 3 } and the like",
        )
        .optional(),
    },
    'must be { pool: "general" }',
  )
  .optional();

/** A public zone to make, none, or one that exists by such an id. */
export function publicZoneLike(zoneId: z.ZodType<string>, example: string) {
  return z
    .union(
      [
        z.enum(["new", "none"]),
        z.strictObject({ zoneId, name: z.string("must be the zone's own name").check(holds(isDomain)) }),
      ],
      `must be "new", "none", or a zone that exists: { zoneId: "${example}", name: "example.org" }`,
    )
    .optional();
}

/** An object with these keys, and no others. */
export function environmentLike<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, `must be an object with ${Object.keys(shape).join(", ")}`);
}

/** A text of this form. */
export function matching(pattern: RegExp, mustHold: string) {
  return z.string(mustHold).regex(pattern, mustHold);
}

/** A rule of the constructs, as a check of the schema. */
export function holds<T>(rule: Rule<T>): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    for (const { mustHold, got, fix } of rule(value)) {
      issues.push({ code: "custom", message: mustHold, input: value, params: { got, fix } });
    }
  };
}
