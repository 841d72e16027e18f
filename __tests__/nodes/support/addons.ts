import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Cloud } from "../../../lib/core";
import type { Machine } from "./machine";
import { PORTS } from "./machine-options";
import type { PackageHost } from "./package-host";
import { TOOLS } from "./shell";

const HELM = path.join(TOOLS, "helm");
export const hasHelm = existsSync(HELM);

const VALUES = "/opt/keelson/current/addons";
/** The image of every chart's pods, as a chart names it, and as kubelet asks for it. */
export const IMAGE = {
  named: `registry.k8s.io/lantern:v1@sha256:${"a".repeat(64)}`,
  asked: `registry.k8s.io/lantern@sha256:${"a".repeat(64)}`,
};

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Chart.Name }} }
spec:
  selector: { matchLabels: { app: {{ .Chart.Name }} } }
  template:
    metadata: { labels: { app: {{ .Chart.Name }} } }
    spec: { containers: [{ name: lantern, image: "{{ .Values.image }}" }] }
`;

const CONFIG = `
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Chart.Name }} }
data: { cluster: {{ .Values.cluster | quote }} }
`;

/** A job that has to end before anything is installed, and never does where nothing runs pods. */
export const ENDLESS = `
apiVersion: batch/v1
kind: Job
metadata: { name: {{ .Chart.Name }}, annotations: { helm.sh/hook: pre-install } }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: lantern, image: endless }] } } }
`;

/** No API server takes it. */
export const WRONG = `
apiVersion: v1
kind: ConfigMap
metadata: { name: Not A Name }
`;

/** A small chart stands in for those of real add-ons. */
export interface LabChart {
  readonly name: string;
  /** @default 1.0.0 */
  readonly version?: string;
  /** One more template. */
  readonly more?: string;
}

const archive = ({ name, version = "1.0.0" }: LabChart) => `${name}-${version}.tgz`;

/** Puts charts, and helm as its own host packs it, into the package host's directory. */
export function offerAddons({ directory }: PackageHost, charts: readonly LabChart[]): void {
  const work = mkdtempSync(path.join(tmpdir(), "keelson-charts-"));
  try {
    for (const chart of charts) {
      const { name, version = "1.0.0", more } = chart;
      const source = path.join(work, `${name}-${version}`, name);
      mkdirSync(path.join(source, "templates"), { recursive: true });
      const write = (file: string, text: string) => writeFileSync(path.join(source, file), text);
      write("Chart.yaml", `apiVersion: v2\nname: ${name}\nversion: ${version}\n`);
      write("values.yaml", `image: ${IMAGE.named}\ncluster: ""\n`);
      write("templates/config.yaml", CONFIG);
      write("templates/deployment.yaml", DEPLOYMENT);
      if (more !== undefined) write("templates/more.yaml", more);
      execFileSync(HELM, ["package", source, "--destination", directory], { stdio: "pipe" });
    }
    if (existsSync(path.join(directory, "helm.tgz"))) return;
    mkdirSync(path.join(work, "linux-amd64"));
    execFileSync("cp", [HELM, path.join(work, "linux-amd64/helm")]);
    execFileSync("tar", [
      "-C",
      work,
      "-I",
      "gzip -1",
      "-cf",
      path.join(directory, "helm.tgz"),
      "linux-amd64",
    ]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export const sha256Of = ({ directory }: PackageHost, file: string): string =>
  createHash("sha256")
    .update(readFileSync(path.join(directory, file)))
    .digest("hex");

export interface LabRow extends LabChart {
  /** @default unverified */
  readonly sha256?: string;
}

/** Gives a machine a table of the lab's own charts in place of the real ones, and values for them. */
export function writeTable(machine: Machine, rows: readonly LabRow[], cloud: Cloud = "aws"): void {
  const row = (...cells: readonly string[]) => `${cells.join("\t")}\n`;
  const host = `http://127.0.0.1:${PORTS.packages}`;
  const other = cloud === "aws" ? "azure" : "aws";
  machine.write(
    `${VALUES}/charts.tsv`,
    [
      "# kind\tname\n",
      row("tool", "helm", "4.0.0", `${host}/helm.tgz`, "unverified", "amd64", "aws,azure"),
      row("chart", "elsewhere", "1.0.0", `${host}/elsewhere.tgz`, "unverified", "lab", other),
      ...rows.map(({ sha256 = "unverified", ...chart }) =>
        row("chart", chart.name, chart.version ?? "1.0.0", `${host}/${archive(chart)}`, sha256, "lab", cloud),
      ),
    ].join(""),
  );
  for (const { name } of rows) machine.write(`${VALUES}/${name}.yaml`, "cluster: of ${CLUSTER}\n");
}

/** A field that the chart has no value for. */
export const writePatch = (machine: Machine, name: string) => {
  machine.write(
    `${VALUES}/${name}.patch.yaml`,
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: lab }
spec: { template: { spec: { hostNetwork: true } } }
`,
  );
};

/** Stands in for a kind that Cilium's operator makes in the cluster, some time after its chart was laid down. */
export const POLICY_KIND = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "ciliumclusterwidenetworkpolicies.cilium.io" },
  spec: {
    group: "cilium.io",
    scope: "Cluster",
    names: { kind: "CiliumClusterwideNetworkPolicy", plural: "ciliumclusterwidenetworkpolicies" },
    versions: [
      {
        ...{ name: "v2", served: true, storage: true },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
