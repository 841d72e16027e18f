import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { coreAddons, unverifiedAddons } from "../../lib/core/core-addons";
import { ROOT } from "../support/run";

const ADDONS = path.join(ROOT, "scripts/node/addons");
const rows = readFileSync(path.join(ADDONS, "charts.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));
const charts = rows.filter(([kind]) => kind === "chart").map(([, name = ""]) => name);
const documents = readdirSync(ADDONS).filter((file) => file.endsWith(".yaml"));
const text = (file: string) => readFileSync(path.join(ADDONS, file), "utf8");

test.each(rows.map((row) => [row[1], row] as const))("the table's row of %s is well-formed", (_, row) => {
  expect(row).toEqual([
    expect.stringMatching(/^(chart|tool)$/),
    expect.stringMatching(/^[a-z0-9-]+$/),
    expect.stringMatching(/^\d+\.\d+\.\d+$/),
    expect.stringMatching(/^https:\/\/[a-z0-9.-]+\/\S+\.(tgz|tar\.gz)$/),
    expect.stringMatching(/^(unverified|[0-9a-f]{64})$/),
    expect.stringMatching(/^[a-z0-9-]+$/),
    expect.stringMatching(/^(aws|azure)(,azure)?$/),
  ]);
  expect(row[3]).toContain(row[2]);
});

test("no two rows are of the same thing", () => {
  const keys = rows.map(([kind, name, , , , where]) => [kind, name, where].join(" "));
  expect(new Set(keys).size).toBe(keys.length);
});

test("a master of either architecture has helm", () => {
  const helm = rows.filter(([kind, name]) => kind === "tool" && name === "helm");
  expect(helm.map(([, , , , , where]) => where).sort()).toEqual(["amd64", "arm64"]);
});

test("each chart has values, and nothing lies there of a chart that the table does not name", () => {
  expect(charts.filter((name) => !existsSync(path.join(ADDONS, `${name}.yaml`)))).toEqual([]);
  const known = charts.flatMap((name) => ["", ".aws", ".azure", ".patch"].map((of) => `${name}${of}.yaml`));
  expect(documents.filter((file) => !known.includes(file))).toEqual([]);
});

test("values ask for nothing but what the scripts fill in", () => {
  const library = readFileSync(path.join(ROOT, "scripts/node/lib/addons.sh"), "utf8");
  const given = /^ADDONS_NAMES=\((.*)\)$/m.exec(library)?.[1]?.split(" ");
  const asked = documents.flatMap((file) => [...text(file).matchAll(/\$\{(.*?)\}/g)].map(([, name]) => name));
  expect([...new Set(asked)].sort()).toEqual(given);
});

test("a patch is taken as it stands, so it asks for nothing", () => {
  expect(documents.filter((file) => file.endsWith(".patch.yaml") && text(file).includes("${"))).toEqual([]);
});

test("AWS has a network, its cloud controller, volumes, metrics, an autoscaler and ingress, in that order, and helm before them", () => {
  expect(coreAddons("aws").map(({ name }) => name)).toEqual([
    ...["helm-amd64", "helm-arm64", "cilium", "aws-cloud-controller-manager", "aws-ebs-csi-driver"],
    ...["metrics-server", "cluster-autoscaler", "kubernetes-ingress"],
  ]);
});

test("Azure has the same, with its own cloud controller and volumes", () => {
  expect(coreAddons("azure").map(({ name }) => name)).toEqual([
    ...["helm-amd64", "helm-arm64", "cilium", "cloud-provider-azure", "azuredisk-csi-driver"],
    ...["metrics-server", "cluster-autoscaler", "kubernetes-ingress"],
  ]);
});

/** What the files of a chart and a cloud say, as the scripts take them: the cloud's second. */
const valuesOf = (chart: string, cloud: string) =>
  [`${chart}.yaml`, `${chart}.${cloud}.yaml`].filter((file) => documents.includes(file)).map(text);

test.each(["aws", "azure"] as const)("no values on %s ask for what is another cloud's", (cloud) => {
  const others = cloud === "aws" ? /\b(azure|CLIENT_ID|RESOURCE_GROUP|SUBSCRIPTION)/ : /\b(aws|AWS_REGION)\b/;
  const names = coreAddons(cloud).flatMap(({ name }) => (charts.includes(name) ? [name] : []));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => valuesOf(name, cloud).some((values) => others.test(values)))).toEqual([]);
});

test.each([
  [
    "the metadata service",
    "169.254.169.254/32",
    "those that carry the label in a namespace that carries it",
    ["k8s:io.cilium.k8s.namespace.labels.keelson.io/lends-identity", "k8s:keelson.io/lends-identity"].map(
      (key) => `matchExpressions:\n      - key: ${key}\n        operator: NotIn\n        values: ["true"]\n`,
    ),
  ],
  ["Azure's host", "168.63.129.16/32", "none", ["{}\n"]],
])(
  "no pod that is not in the host's network reaches %s, %s, but %s, and all else is as it was",
  (_what, range, _but, selectors) => {
    const denials = text("cilium.patch.yaml")
      .split(/^---$/m)
      .filter((policy) => policy.includes(`toCIDR: [${range}]`));
    // What is selected by none of them is let through, and two expressions of one would have to hold together.
    expect(denials.map((denial) => /endpointSelector:\s+([^]*?) {2}(?:#|enable)/.exec(denial)?.[1])).toEqual(
      selectors,
    );
    for (const denial of denials) {
      expect(denial).toMatch(/^kind: CiliumClusterwideNetworkPolicy$/m);
      expect(denial).toMatch(/^ {2}enableDefaultDeny: \{ ingress: false, egress: false \}$/m);
    }
  },
);

test("an add-on is verified when the table has its digest", () => {
  const digests = rows.filter((row) => row[4] !== "unverified").length;
  expect(coreAddons("aws").filter(({ verified }) => verified)).toHaveLength(digests);
  expect(unverifiedAddons("aws")).toEqual(coreAddons("aws").filter(({ verified }) => !verified));
});

describe("the script that fills in digests", () => {
  const SCRIPT = path.join(ROOT, "scripts/dev/addons-digests.sh");
  let directory: string;
  let server: Server;
  let url: string;

  const packed = (file: string, root: string, entry: string, content: string) => {
    mkdirSync(path.join(directory, root), { recursive: true });
    writeFileSync(path.join(directory, root, entry), content);
    execFileSync("tar", ["-C", directory, "-czf", path.join(directory, file), root]);
    return createHash("sha256")
      .update(readFileSync(path.join(directory, file)))
      .digest("hex");
  };
  const chart = (name: string, version: string) =>
    packed(`${name}.tgz`, name, "Chart.yaml", `name: ${name}\nversion: ${version}\n`);
  const row = (name: string, version: string, sha256: string) =>
    `chart\t${name}\t${version}\t${url}/${name}.tgz\t${sha256}\tkube-system\taws\n`;
  const fill = (text: string): Promise<{ status: number; said: string; table: string }> => {
    const table = path.join(directory, "charts.tsv");
    writeFileSync(table, text);
    return new Promise((resolve) =>
      execFile(SCRIPT, [table], (error, stdout, stderr) =>
        resolve({
          status: typeof error?.code === "number" ? error.code : 0,
          said: stdout + stderr,
          table: readFileSync(table, "utf8"),
        }),
      ),
    );
  };

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "keelson-digests-"));
    server = createServer(({ url: asked = "" }, response) => {
      const file = path.join(directory, path.basename(asked));
      response.writeHead(existsSync(file) ? 200 : 404);
      response.end(existsSync(file) ? readFileSync(file) : "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  });

  test("fills in what is unverified, keeps the rest as it stands, and shows both", async () => {
    const [one, two] = [chart("one", "1.2.3"), chart("two", "2.0.0")];
    const before = `# a comment\n${row("one", "1.2.3", "unverified")}${row("two", "2.0.0", two)}`;
    const { status, said, table } = await fill(before);
    expect(table).toBe(`# a comment\n${row("one", "1.2.3", one)}${row("two", "2.0.0", two)}`);
    expect(said).toContain(`-${row("one", "1.2.3", "unverified")}+${row("one", "1.2.3", one)}`);
    expect(said).not.toContain(two);
    expect(status).toBe(0);
  });

  test("fills in a tool's too", async () => {
    const digest = packed("helm.tgz", "linux-arm64", "helm", "a program");
    const tool = (sha256: string) => `tool\thelm\t4.0.0\t${url}/helm.tgz\t${sha256}\tarm64\taws\n`;
    expect((await fill(tool("unverified"))).table).toBe(tool(digest));
  });

  test.each([
    ["a host gives nothing", () => row("absent", "1.0.0", "unverified"), "gave nothing"],
    ["an archive is of another version", () => row("one", "1.2.4", "unverified"), "something else"],
    ["a digest is another by now", () => row("one", "1.2.3", "0".repeat(64)), "the table has 000"],
  ])("changes nothing at all where %s", async (_, wrong, why) => {
    chart("one", "1.2.3");
    chart("two", "2.0.0");
    const before = row("two", "2.0.0", "unverified") + wrong();
    const { status, said, table } = await fill(before);
    expect(said).toContain(why);
    expect(table).toBe(before);
    expect(status).toBe(1);
  });
});
