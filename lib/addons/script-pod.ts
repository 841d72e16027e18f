import { checksum, type Documents } from "./document";
import { type Image, imageName } from "./images";
import type { Labels } from "./labels";
import { placed, type Placement } from "./placement";
import { CONTAINER_SECURITY, POD_SECURITY } from "./pod-security";

/** Where a pod finds what it runs, its account, and room for what it must not leave behind. */
const FOLDERS = {
  scripts: "/scripts",
  account: "/var/run/secrets/kubernetes.io/serviceaccount",
  work: "/tmp",
};

/** A Secret's or ConfigMap's keys as files in a folder. */
export interface Mounted {
  readonly path: string;
  /** The name of a Secret. */
  readonly secret?: string;
  /** The name of a ConfigMap. */
  readonly config?: string;
  /** Those keys only, under their own names. @default all */
  readonly keys?: readonly string[];
}

export interface ScriptPodProps {
  readonly image: Image;
  readonly placement: Placement;
  readonly labels: Labels;
  /** The name of the ConfigMap that the script is in, what is in it, and which of that is run. */
  readonly scripts: { readonly name: string; readonly documents: Documents; readonly run: string };
  /** What the script reads. No secret: it is in the pod's description. */
  readonly env: Readonly<Record<string, string>>;
  /** The account with which it calls Kubernetes' API. @default it does not */
  readonly account?: string;
  readonly mounted?: readonly Mounted[];
}

/** A pod that runs a script once. */
export function scriptPod(props: ScriptPodProps) {
  const { image, placement, labels, scripts, env, account, mounted = [] } = props;
  const api =
    account === undefined ? {} : { API_URL: "https://kubernetes.default.svc", ACCOUNT: FOLDERS.account };
  // What it runs is part of what a Job is, so that another script is another run. Not as an annotation: the provider would plan to
  // change that in a Job that is there, and does not, for ever.
  const settings = { SCRIPTS_CHECKSUM: checksum(scripts.documents) };
  const mounts: Mounted[] = [{ path: FOLDERS.scripts, config: scripts.name }, ...mounted];
  return {
    metadata: { labels },
    spec: {
      ...placed(placement),
      restartPolicy: "OnFailure",
      serviceAccountName: account,
      automountServiceAccountToken: account !== undefined,
      enableServiceLinks: false,
      securityContext: POD_SECURITY,
      container: [
        {
          name: "script",
          image: imageName(image),
          command: ["/bin/sh", `${FOLDERS.scripts}/${scripts.run}`],
          env: Object.entries({ ...api, ...env, ...settings }).map(([name, value]) => ({ name, value })),
          securityContext: CONTAINER_SECURITY,
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          volumeMount: [
            ...mounts.map(({ path }) => ({ name: volumeName(path), mountPath: path, readOnly: true })),
            { name: "work", mountPath: FOLDERS.work },
          ],
        },
      ],
      volume: [
        ...mounts.map(({ path, secret, config, keys }) => {
          const items = keys?.map((key) => ({ key, path: key }));
          const common = { defaultMode: "0440", ...(items ? { items } : {}) };
          return secret === undefined
            ? { name: volumeName(path), configMap: { name: config, ...common } }
            : { name: volumeName(path), secret: { secretName: secret, ...common } };
        }),
        // In memory: what is secret for a moment is never on a disk.
        { name: "work", emptyDir: { medium: "Memory", sizeLimit: "128Mi" } },
      ],
    },
  };
}

/** "consul-tls" of "/consul/tls". */
function volumeName(path: string): string {
  return path.slice(1).replaceAll("/", "-");
}
