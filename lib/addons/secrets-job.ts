import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { CronJobV1 } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
import { JobV1 } from "@cdktf/provider-kubernetes/lib/job-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { Construct } from "constructs";
import { podScripts, verbatim } from "./document";
import type { Image } from "./images";
import type { Labels } from "./labels";
import type { Placement } from "./placement";
import { scriptPod } from "./script-pod";
import { SecretWriter } from "./secret-writer";

export interface SecretsJobProps {
  /** The add-on, such as "consul", which runs `scripts/pod/<name>-secrets.sh`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** The image that the script runs in: Consul's has curl, jq and openssl, and its own program makes certificates. */
  readonly image: Image;
  readonly placement: Placement;
  /** The names that the servers' certificate is for, beside `server.<datacenter>.<name>`. */
  readonly serverNames: readonly string[];
  readonly datacenter: string;
  /** The Secrets that the script writes, as it calls them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** More Secrets that its account may write. @default none */
  readonly alsoWrites?: readonly string[];
}

/**
 * Makes the secrets that an add-on's servers have to have before they start, inside the cluster, each once; and once a week looks
 * whether their certificate ends soon. Terraform, its state and its plans never see any of it.
 */
export class SecretsJob extends Construct {
  /** The account that may write those Secrets. */
  readonly account: { readonly name: string; readonly namespace: string };

  constructor(scope: Construct, id: string, props: SecretsJobProps) {
    super(scope, id);
    const {
      name,
      namespace,
      labels,
      image,
      placement,
      serverNames,
      datacenter,
      secrets,
      alsoWrites = [],
    } = props;
    const called = `${name}-secrets`;
    const metadata = { name: called, namespace, labels };
    const run = `${called}.sh`;
    const documents = podScripts("kubernetes.sh", "certificates.sh", run);
    const scripts = new ConfigMapV1(this, "scripts", { metadata, data: verbatim(documents) });
    const account = new ServiceAccountV1(this, "account", {
      metadata,
      automountServiceAccountToken: false,
    });
    this.account = { name: account.metadata.name, namespace };
    new SecretWriter(this, "rights", {
      name: called,
      account: this.account,
      namespace,
      secrets: [...Object.values(secrets), ...alsoWrites],
      labels,
    });

    const template = scriptPod({
      image,
      placement,
      labels,
      scripts: { name: scripts.metadata.name, documents, run },
      account: this.account.name,
      env: {
        NAMESPACE: namespace,
        DOMAIN: name,
        DATACENTER: datacenter,
        NAMES: serverNames.join(" "),
        LABELS: JSON.stringify(labels),
        ...secrets,
      },
    });
    new JobV1(this, "Resource", {
      metadata,
      // Servers wait for the Secrets, not Terraform for the servers.
      waitForCompletion: false,
      spec: { backoffLimit: 30, template },
    });
    new CronJobV1(this, "renewal", {
      metadata: { ...metadata, name: `${name}-certificates` },
      spec: {
        schedule: "23 3 * * 1",
        concurrencyPolicy: "Forbid",
        jobTemplate: { metadata: { labels }, spec: { backoffLimit: 6, template } },
      },
    });
  }
}
