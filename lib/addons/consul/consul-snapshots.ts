import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { CronJobV1 } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
import { Construct } from "constructs";
import type { IObjectStore } from "../../core";
import { LENDS_IDENTITY } from "../addon-namespace";
import { podScripts, verbatim } from "../document";
import type { Image } from "../images";
import type { Labels } from "../labels";
import type { Placement } from "../placement";
import { scriptPod } from "../script-pod";
import { CONSUL_SECRETS } from "./consul-secrets";

/** Where snapshots go: the cluster's object store, with what the machine's identity needs to be said. */
export type SnapshotStore = Pick<IObjectStore, "url"> &
  ({ readonly cloud: "aws"; readonly region: string } | { readonly cloud: "azure" });

export interface ConsulSnapshotsProps {
  readonly namespace: string;
  readonly labels: Labels;
  readonly image: Image;
  readonly placement: Placement;
  readonly datacenter: string;
  /** Where Consul answers, such as "https://consul.consul.svc:8501". */
  readonly url: string;
  readonly store: SnapshotStore;
}

/** Takes a snapshot of Consul each hour, and puts it below `addons/consul/<datacenter>/` in a store, never over another one. */
export class ConsulSnapshots extends Construct {
  constructor(scope: Construct, id: string, props: ConsulSnapshotsProps) {
    super(scope, id);
    const { namespace, labels, image, placement, datacenter, url, store } = props;
    const metadata = { name: "consul-snapshot", namespace, labels };
    const run = "consul-snapshot.sh";
    const documents = podScripts(run);
    const scripts = new ConfigMapV1(this, "scripts", { metadata, data: verbatim(documents) });
    const template = scriptPod({
      image,
      placement,
      // For what their machine may do in the store.
      labels: { ...labels, [LENDS_IDENTITY]: "true" },
      scripts: { name: scripts.metadata.name, documents, run },
      env: {
        CLOUD: store.cloud,
        ...(store.cloud === "aws" ? { AWS_REGION: store.region } : {}),
        STORE_URL: store.url,
        DATACENTER: datacenter,
        CONSUL_HTTP_ADDR: url,
        CONSUL_CACERT: "/consul/tls/ca.crt",
        CONSUL_HTTP_TOKEN_FILE: "/consul/token/token",
      },
      mounted: [
        { path: "/consul/tls", secret: CONSUL_SECRETS.tls, keys: ["ca.crt"] },
        { path: "/consul/token", secret: CONSUL_SECRETS.snapshot, keys: ["token"] },
      ],
    });
    new CronJobV1(this, "Resource", {
      metadata,
      spec: {
        schedule: "41 * * * *",
        concurrencyPolicy: "Forbid",
        jobTemplate: { metadata: { labels }, spec: { backoffLimit: 3, template } },
      },
    });
  }
}
