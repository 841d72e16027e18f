import type { Construct } from "constructs";
import type { z } from "zod";
import type { NodePoolSpec, Problems, Rule, SoundKey } from "../lib/core";
import type { Environment } from "./environments/environment";
import type { PoolSurroundings } from "./environments/node-pools";
import type { Sound } from "./environments/shape";
import type { PlatformStackProps } from "./platform";

/** What is a cloud's own in an estate: what its environments may say, and the stacks that follow. */
export interface CloudEstate<E extends Environment = Environment> {
  /** The shape of an environment, key by key, for such a network. */
  schemaFor(network: unknown): z.ZodObject;
  /** Adds what is wrong between the keys of an environment, but for its node pools. Looks at those keys only that are sound. */
  check(environment: E, sound: Sound, problems: Problems): void;
  /** Adds what is wrong with one node pool. */
  checkPool(problems: Problems, pool: NodePoolSpec, surroundings: PoolSurroundings, sound: SoundKey): void;
  /** The classes of volumes that the core add-ons lay down, the default one first. */
  readonly storageClasses: readonly [string, ...string[]];
  /** The pools that there are beside those in `nodePools`, where they are sound. */
  otherPools(environment: E, sound: Sound): readonly NodePoolSpec[];
  /** What stands in this repository's environments until somebody puts in their own. */
  readonly placeholders: {
    /** The key that says whose resources Terraform may change. */
    readonly owner: {
      readonly key: "account" | "subscription";
      readonly value: string;
      readonly mustHold: string;
    };
    readonly isOwnImage: Rule<string>;
  };
  /** What makes names that are unique to an owner differ: the account or the subscription. */
  ownerOf(environment: E): unknown;
  /** Adds the stacks of everything but the platform, and says what that stands on. */
  addStacks(scope: Construct, environment: E): Pick<PlatformStackProps, "cluster" | "cloud">;
}

// Loaded when the first environment of a cloud is there, since the other cloud's provider need not be installed.
const ESTATES: Readonly<Record<string, () => CloudEstate>> = {
  aws: () => (require("./aws-estate") as typeof import("./aws-estate")).awsEstate,
  azure: () => (require("./azure-estate") as typeof import("./azure-estate")).azureEstate,
};

/** The cloud's half of an estate; undefined for what is no cloud of ours. */
export function estateOf(cloud: unknown): CloudEstate | undefined {
  return typeof cloud === "string" && Object.hasOwn(ESTATES, cloud) ? ESTATES[cloud]?.() : undefined;
}
