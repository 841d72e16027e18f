import { PriorityClassV1 } from "@cdktf/provider-kubernetes/lib/priority-class-v1";
import { Construct } from "constructs";

/** The PriorityClasses of a cluster's add-ons, made once in it. */
export class Priorities extends Construct {
  /** For what others build on: it goes before what people run, and after what the cluster itself runs on. */
  readonly platform: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.platform = new PriorityClassV1(this, "platform", {
      metadata: { name: "keelson-platform" },
      description: "What others build on, such as Consul and Vault",
      // Kubernetes keeps what is above 1,000,000,000 for itself.
      value: 100_000_000,
    }).metadata.name;
  }
}
