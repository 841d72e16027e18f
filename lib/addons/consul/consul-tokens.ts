import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { JobV1 } from "@cdktf/provider-kubernetes/lib/job-v1";
import { Construct } from "constructs";
import { type Documents, podScripts, verbatim } from "../document";
import type { Image } from "../images";
import type { Labels } from "../labels";
import type { Placement } from "../placement";
import { scriptPod } from "../script-pod";
import { CONSUL_SECRETS } from "./consul-secrets";

export interface ConsulTokensProps {
  /** What the Job is called. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly image: Image;
  readonly placement: Placement;
  /** The account that may write the Secrets in question. */
  readonly account: string;
  /** Where Consul answers, such as "https://consul.consul.svc:8501". */
  readonly url: string;
  /** The tokens: what each is called, and the Secret that it goes to. */
  readonly tokens: readonly { readonly name: string; readonly namespace: string; readonly secret: string }[];
  /** The rules of each, in `<name>.hcl`. */
  readonly policies: Documents;
}

/** Makes tokens of Consul, each with a policy of its own, and keeps each in a Secret. */
export class ConsulTokens extends Construct {
  constructor(scope: Construct, id: string, props: ConsulTokensProps) {
    super(scope, id);
    const { name, namespace, labels, image, placement, account, url, tokens, policies } = props;
    const metadata = { name, namespace, labels };
    const run = "consul-tokens.sh";
    const documents = { ...podScripts("kubernetes.sh", run), ...policies };
    const scripts = new ConfigMapV1(this, "scripts", { metadata, data: verbatim(documents) });
    new JobV1(this, "Resource", {
      metadata,
      waitForCompletion: false,
      spec: {
        backoffLimit: 30,
        template: scriptPod({
          image,
          placement,
          labels,
          scripts: { name: scripts.metadata.name, documents, run },
          account,
          env: {
            NAMESPACE: namespace,
            LABELS: JSON.stringify(labels),
            TOKENS: tokens.map((token) => `${token.name} ${token.namespace} ${token.secret}`).join("\n"),
            POLICIES: "/scripts",
            MANAGEMENT_SECRET: CONSUL_SECRETS.management,
            CONSUL_URL: url,
            SERVERS_CA: "/consul/tls/ca.crt",
          },
          mounted: [{ path: "/consul/tls", secret: CONSUL_SECRETS.tls, keys: ["ca.crt"] }],
        }),
      },
    });
  }
}
