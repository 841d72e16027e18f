import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { archiveOf } from "./archive";
import { coreAddons } from "./core-addons";
import { GeneratedFile } from "./generated-file";
import { Problems } from "./invalid";
import { assignment, SCRIPTS } from "./node-scripts";

/** What a machine is there for. */
export type BootRole = "control-plane" | "node";

/** A cloud whose half of the boot scripts a machine runs. */
export type Cloud = "aws" | "azure";

interface RoleRules {
  /** Whether a file of scripts/node is the role's, on either cloud. What is in the user data already is nobody's. */
  readonly files: (file: string) => boolean;
  /** What the role's scripts have to find in their environment: on either cloud, and on each. */
  readonly needs: readonly string[];
  readonly needsOn: Readonly<Record<Cloud, readonly string[]>>;
  /** What they read beside it. */
  readonly takes: readonly string[];
}

/** What a node has, and a master too, but for what is a node's alone. */
const NODE_LIBRARIES = ["answers", "containerd", "debs", "json", "kept", "load", "log", "value", "waiting"];
const NODE_ALONE = /^(node(-watch)?\.sh|units\/node\/.*|lib\/(drain|joining|aws\/address)\.sh)$/;
const NODE_SHARED = RegExp(
  `^(install\\.sh|units/both/.*|lib/(${NODE_LIBRARIES.join("|")}|(aws|azure)/(api|cloud|secrets|store))\\.sh)$`,
);

const ROLES: Readonly<Record<BootRole, RoleRules>> = {
  "control-plane": {
    files: (file) => !["fetch.sh", "nat.sh"].includes(file) && !NODE_ALONE.test(file),
    needs: [
      ...["CLUSTER", "WITNESS", "JOIN", "CA", "CREDENTIAL", "SEALING_KEY", "API_NAME"],
      ...[
        "KUBERNETES_VERSION",
        "ETCD_VERSION",
        "POD_CIDR",
        "SERVICE_CIDR",
        "PACKAGES_URL",
        "CONTAINERD_PACKAGES_URL",
      ],
    ],
    needsOn: {
      aws: ["AWS_REGION", "GROUP", "LAUNCH_HOOK", "TERMINATION_HOOK"],
      azure: ["KEY_VAULT_URL", "TENANT", "CLIENT_ID", "SUBNET"],
    },
    takes: ["PUBLIC_API_NAME", "SERVICES_GROUP", "CONTAINERD_VERSION", "CURL_CA_BUNDLE", "IMDS"],
  },
  node: {
    files: (file) => NODE_ALONE.test(file) || NODE_SHARED.test(file),
    needs: [
      ...["CLUSTER", "POOL", "JOIN", "KUBERNETES_VERSION", "KUBELET_VERSION", "ETCD_VERSION"],
      ...["PACKAGES_URL", "KUBELET_PACKAGES_URL", "CONTAINERD_PACKAGES_URL"],
    ],
    needsOn: {
      aws: ["AWS_REGION", "GROUP", "LAUNCH_HOOK", "TERMINATION_HOOK"],
      azure: ["KEY_VAULT_URL"],
    },
    takes: ["NODE_LABELS", "NODE_TAINTS", "ADDRESSES", "CONTAINERD_VERSION", "CURL_CA_BUNDLE", "IMDS"],
  },
};

/**
 * How many bytes each cloud takes before they are encoded in base64.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
 * @see https://learn.microsoft.com/azure/virtual-machines/custom-data
 */
const LIMITS: Readonly<Record<Cloud, number>> = { aws: 16_384, azure: 65_535 };

/** Left free below the limit, since what values that only Terraform knows will be long is not known here. */
const HEADROOM = 2_048;

export interface BootBundleProps {
  /** The cloud that the machines run on, whose half of the scripts they get. */
  readonly cloud: Cloud;
  /** The role of the machines that run it, which says which of the scripts they get. */
  readonly role: BootRole;
  /**
   * The node pool whose machines they are. Each pool has an object of its own in the store, so that its machines may read no
   * other's and its end takes nobody's scripts away.
   * @default the role has one object
   */
  readonly pool?: string;
}

export interface UserDataProps {
  /** The object store that the archive lies in, under {@link BootBundle.key}: a bucket's or a container's address. */
  readonly storeUrl: string;
  /**
   * What the scripts find in their environment, in /etc/keelson/environment. Everybody on the machine can read it, and so
   * can whoever sees the state: no secrets. A value is one line, and may be one that only Terraform knows.
   */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The scripts that machines of a role run on a cloud, as one archive that is named after its content: equal scripts are the same
 * archive wherever it is made, and other scripts never get its name. Machines fetch it from the object store at their
 * first boot, and run it only if it is the one that their user data names.
 */
export class BootBundle extends Construct {
  /** Of the archive, in hexadecimal. */
  readonly sha256: string;
  /** The archive's place in the object store. */
  readonly key: string;
  /** The archive as a file that Terraform can upload, from the stack's directory. */
  readonly path: string;
  private readonly cloud: Cloud;
  private readonly role: BootRole;

  constructor(scope: Construct, id: string, { cloud, role, pool }: BootBundleProps) {
    super(scope, id);
    const archive = roleArchive(role, cloud);
    this.cloud = cloud;
    this.role = role;
    this.sha256 = createHash("sha256").update(archive).digest("hex");
    this.key = ["boot", role, ...(pool === undefined ? [] : [pool]), `${this.sha256}.tar`].join("/");
    this.path = new GeneratedFile(this, "archive", `${role}.tar`, archive).path;
  }

  /**
   * What cloud-init runs on a machine's first boot. It writes the environment's file, fetches the archive with the
   * machine's own role for as long as that takes, looks whether it is the right one, unpacks it and runs its install.sh.
   *
   * In plain text: EC2 wants it in base64 in a launch template, Azure wants it so everywhere.
   *
   * @throws InvalidError for a name or a value that the environment's file cannot hold, a name that the role's scripts
   * miss, and a text that the cloud would not take
   */
  userData({ storeUrl, environment }: UserDataProps): string {
    const all = { CLOUD: this.cloud, STORE_URL: storeUrl, ...environment };
    const fetching = Buffer.from(fetchingText(this.cloud));
    this.check(environment, all, fetching.length);

    // Terraform reads it as a file, so nothing in it is taken for a template.
    const file =
      (this.node.tryFindChild("fetch") as GeneratedFile | undefined) ??
      new GeneratedFile(this, "fetch", "fetch.sh", fetching);
    return Fn.join("\n", [
      "#!/bin/bash",
      `BUNDLE='${this.key}'`,
      "ENVIRONMENT=(",
      ...Object.entries(all).map(([name, value]) => assignment(name, value)),
      ")",
      Fn.file(file.path),
    ]);
  }

  private check(
    given: Readonly<Record<string, string>>,
    all: Readonly<Record<string, string>>,
    length: number,
  ): void {
    const problems = new Problems(this.node.path);
    const { cloud, role } = this;
    const { needs, needsOn, takes } = ROLES[role];
    for (const name of [...needs, ...needsOn[cloud]]) {
      if (!given[name]) {
        problems.in("environment").add(name, {
          mustHold: `must be given: the scripts of the role ${role} need it on ${cloud}`,
          got: given[name],
        });
      }
    }
    // A name that the scripts do not know may be one that bash or the loader does, such as BASH_ENV.
    const known = new Set([...needs, ...needsOn[cloud], ...takes]);
    for (const name of Object.keys(given).filter((name) => !known.has(name))) {
      problems.add("environment", {
        mustHold: `must have only names that the scripts of the role ${role} read on ${cloud}`,
        got: name,
      });
    }
    for (const [name, value] of Object.entries(all)) {
      // eslint-disable-next-line no-control-regex -- those are the ones it must not hold
      if (!Token.isUnresolved(value) && /[\u0000-\u001f\u007f]/.test(value)) {
        problems.in("environment").add(name, { mustHold: "must be one line of plain text", got: value });
      }
    }
    const bytes = Object.entries(all).reduce(
      (sum, [name, value]) => sum + Buffer.byteLength(`${name}='${value}'\n`),
      length + 256,
    );
    if (bytes > LIMITS[cloud] - HEADROOM) {
      problems.add("environment", {
        mustHold: `must be shorter: ${cloud} takes ${LIMITS[cloud]} bytes of user data, of which ${HEADROOM} are kept free for values that only Terraform knows`,
        got: bytes,
      });
    }
    problems.throw();
  }
}

/**
 * @internal The archive of a role's scripts on a cloud. Left out is the other cloud's half, what the package does not have, and
 * what editors leave behind. Of add-ons it has those that masters lay down on this cloud.
 */
export function roleArchive(role: BootRole, cloud: Cloud): Buffer {
  const { files } = ROLES[role];
  const isOf = filesOf(cloud);
  return archiveOf(
    SCRIPTS,
    (file) => files(file) && isOf(file) && !/(^|\/)\.|~$|\.(md|ts|swp|orig)$/.test(file),
  );
}

/** Whether a file is of a cloud, which most are: of neither the other's half nor an add-on that is not laid down there. */
function filesOf(cloud: Cloud): (file: string) => boolean {
  const charts = new Set(coreAddons(cloud).map(({ name }) => name));
  return (file) => {
    const half = /^lib\/(aws|azure)\//.exec(file)?.[1] ?? cloud;
    const [, chart, values = cloud] =
      /^addons\/([\w-]+)(?:\.(aws|azure))?(?:\.patch)?\.yaml$/.exec(file) ?? [];
    return half === cloud && values === cloud && (chart === undefined || charts.has(chart));
  };
}

/** The libraries that reach the store, and what does so with them. Without what is said to readers, to save bytes. */
function fetchingText(cloud: Cloud): string {
  const files = ["lib/log.sh", "lib/answers.sh", `lib/${cloud}/api.sh`, `lib/${cloud}/store.sh`, "fetch.sh"];
  const text = files.map((file) => readFileSync(path.join(SCRIPTS, file), "utf8")).join("\n");
  return `set -euo pipefail\n${text.replace(/^\s*(#.*)?\n/gm, "")}`;
}
