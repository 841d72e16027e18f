import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { minorOf, Problems } from "../core";
import type { Labels } from "./labels";

/**
 * On a namespace, and in it on each pod that may act as the machine that it runs on, and so ask its metadata service: with "true" on
 * both.
 */
export const LENDS_IDENTITY = "keelson.io/lends-identity";

export interface AddonNamespaceProps {
  readonly name: string;
  readonly labels: Labels;
  /** The cluster's, such as "1.36.4": pods are held to the rules of its minor, until this says another. */
  readonly kubernetesVersion: string;
  /**
   * Whether pods in it that carry `LENDS_IDENTITY`, too, may ask the metadata service of their machine, whose rights they then have.
   * @default false
   */
  readonly lendsIdentity?: boolean;
}

/**
 * A namespace of an add-on's own, which takes no pod that Pod Security's level `restricted` does not.
 *
 * @throws InvalidError where another add-on of the stack has it in the same cluster
 */
export class AddonNamespace extends Construct {
  readonly name: string;
  private readonly place: string;

  constructor(scope: Construct, id: string, props: AddonNamespaceProps) {
    super(scope, id);
    const { name, labels, kubernetesVersion, lendsIdentity = false } = props;
    this.place = `${labels["environment"]}/${name}`;
    const taken = TerraformStack.of(this)
      .node.findAll()
      .find((node) => node !== this && node instanceof AddonNamespace && node.place === this.place);
    if (taken !== undefined) {
      const problems = new Problems(this.node.path);
      problems.add("name", {
        mustHold: `must be a namespace that no other add-on has (${taken.node.path} makes it, too)`,
        got: name,
        fix: "give one of the two another 'namespace'",
      });
      problems.throw();
    }
    const namespace = new NamespaceV1(this, "Resource", {
      metadata: {
        name,
        labels: {
          ...labels,
          ...(lendsIdentity ? { [LENDS_IDENTITY]: "true" } : {}),
          "pod-security.kubernetes.io/enforce": "restricted",
          // Not the latest, or an upgrade of Kubernetes could refuse the next pod. What a later one would refuse, it warns of.
          "pod-security.kubernetes.io/enforce-version": `v${minorOf(kubernetesVersion)}`,
          "pod-security.kubernetes.io/warn": "restricted",
          "pod-security.kubernetes.io/audit": "restricted",
        },
      },
    });
    this.name = namespace.metadata.name;
  }
}
