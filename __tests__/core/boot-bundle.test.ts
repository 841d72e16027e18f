import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App, Fn, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { BootBundle, type BootRole, type Cloud, InvalidError, type UserDataProps } from "../../lib/core";
import { archiveOf } from "../../lib/core/archive";
import { roleArchive } from "../../lib/core/boot-bundle";
import { applied } from "../support/applied";
import { ROOT, runNode } from "../support/run";
import { has, testWith } from "../support/tools";

const SCRIPTS = path.join(ROOT, "scripts/node");
const withTerraform = testWith({ terraform: has("terraform") }, "install Terraform 1.10 or newer");

const COMMON = {
  CLUSTER: "prod-us-east-1",
  WITNESS: "/keelson/prod-us-east-1/witness",
  JOIN: "/keelson/prod-us-east-1/join",
  CA: "/keelson/prod-us-east-1/ca",
  CREDENTIAL: "/keelson/prod-us-east-1/credential",
  SEALING_KEY: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
  API_NAME: "master.prod-us-east-1.kube",
  KUBERNETES_VERSION: "1.36.4",
  ETCD_VERSION: "3.6.16",
  POD_CIDR: "10.244.0.0/16",
  SERVICE_CIDR: "10.96.0.0/12",
  PACKAGES_URL: "https://packages.example/kubernetes",
  CONTAINERD_PACKAGES_URL: "https://packages.example/containerd",
};
const ENVIRONMENTS: Readonly<Record<Cloud, Readonly<Record<string, string>>>> = {
  aws: {
    ...COMMON,
    AWS_REGION: "us-east-1",
    GROUP: "prod-us-east-1-control-plane",
    LAUNCH_HOOK: "launch",
    TERMINATION_HOOK: "termination",
  },
  azure: {
    ...COMMON,
    KEY_VAULT_URL: "https://prod-us-east-1.vault.azure.net",
    TENANT: "11111111-2222-3333-4444-555555555555",
    CLIENT_ID: "66666666-7777-8888-9999-000000000000",
    SUBNET:
      "/subscriptions/1/resourceGroups/prod/providers/Microsoft.Network/virtualNetworks/prod/subnets/private",
  },
};
const ENVIRONMENT = ENVIRONMENTS.aws;
const CLOUDS = ["aws", "azure"] as const;
const library = (name: string) => `lib/${name}.sh`;
const STORE = "https://prod.s3.us-east-1.amazonaws.com";

const bundle = (cloud: Cloud = "aws") =>
  new BootBundle(new TerraformStack(Testing.app(), "prod"), "boot", { cloud, role: "control-plane" });
const problemsOf = (environment: UserDataProps["environment"], cloud: Cloud = "aws"): readonly string[] => {
  try {
    bundle(cloud).userData({ storeUrl: STORE, environment });
  } catch (error) {
    if (error instanceof InvalidError) return error.problems;
    throw error;
  }
  return [];
};

describe("the archive", () => {
  let copy: string;
  const all = () => archiveOf(copy, () => true);
  beforeEach(() => {
    copy = mkdtempSync(path.join(tmpdir(), "keelson-scripts-"));
    cpSync(SCRIPTS, copy, { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  test("is the same bytes each time, wherever the files lie, whatever their modes and the order they were made in", () => {
    const before = archiveOf(SCRIPTS, () => true);
    expect(all().equals(before)).toBe(true);

    const files = readdirSync(copy, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files.reverse()) {
      const file = path.join(parentPath, name);
      const content = readFileSync(file);
      rmSync(file);
      writeFileSync(file, content, { mode: 0o600 });
      chmodSync(file, name.length % 2 ? 0o600 : 0o777);
    }
    expect(all().equals(before)).toBe(true);
  });

  test("is another one when a byte of a script, or its name, is another", () => {
    const before = all();
    const script = path.join(copy, "install.sh");
    const text = readFileSync(script, "utf8");
    writeFileSync(script, text.replace("set -e", "set -u"));
    expect(all().equals(before)).toBe(false);
    rmSync(script);
    writeFileSync(path.join(copy, "instalL.sh"), text);
    expect(all().equals(before)).toBe(false);
  });

  test("is read by tar, with scripts that can be run and files that cannot, owned by root", () => {
    const file = path.join(copy, "archive.tar");
    writeFileSync(
      file,
      archiveOf(SCRIPTS, () => true),
    );
    const rows = execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--file", file], {
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    })
      .trim()
      .split("\n")
      .map((row) => row.split(/\s+/));
    expect(rows.map((row) => row[5])).toEqual([...rows.map((row) => row[5])].sort());
    const modes = Object.fromEntries(rows.map(([mode, , , , , name]) => [name, mode]));
    expect(modes).toMatchObject({
      "install.sh": "-rwxr-xr-x",
      "lib/log.sh": "-rw-r--r--",
      "units/control-plane/keelson-boot.service": "-rw-r--r--",
    });
    expect(new Set(rows.map(([, owner, , date]) => `${owner} ${date}`))).toEqual(new Set(["0/0 1970-01-01"]));

    const unpacked = path.join(copy, "unpacked");
    mkdirSync(unpacked);
    execFileSync("tar", ["--extract", "--file", file, "--directory", unpacked]);
    expect(execFileSync("diff", ["-r", SCRIPTS, unpacked], { encoding: "utf8" })).toBe("");
  });

  test("refuses a path that the header of a tar cannot hold", () => {
    writeFileSync(path.join(copy, `${"x".repeat(120)}.sh`), "");
    expect(all).toThrow("is too long for the header of a tar");
  });
});

test("a bundle is named after its content, and Terraform finds exactly that content", () => {
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-bundle-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "prod");
    for (const role of ["control-plane", "node"] as const) {
      const { sha256, key, path: file } = new BootBundle(stack, role, { cloud: "aws", role });
      app.synth();
      expect(key).toBe(`boot/${role}/${sha256}.tar`);
      const there = path.join(outdir, "stacks/prod", file);
      expect(execFileSync("sha256sum", [there], { encoding: "utf8" }).slice(0, 64)).toBe(sha256);
      expect(roleArchive(role, "aws").equals(readFileSync(there))).toBe(true);
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

describe("the files of a role", () => {
  const filesOf = (role: BootRole, cloud: Cloud) =>
    execFileSync("tar", ["--list"], { input: roleArchive(role, cloud), encoding: "utf8" })
      .trim()
      .split("\n");
  const all = () =>
    execFileSync("find", [".", "-type", "f", "-printf", "%P\\n"], { cwd: SCRIPTS, encoding: "utf8" })
      .trim()
      .split("\n");

  test.each<[Cloud, readonly string[]]>([
    ["aws", ["address", "api", "cloud", "secrets", "store"]],
    ["azure", ["api", "cloud", "secrets", "store"]],
  ])(
    "are for a node on %s its own and what it has to do with, and nothing of etcd, epochs and sealing",
    (cloud, half) => {
      const [before, after] = [
        ["answers", ...(cloud === "aws" ? half.map((name) => `aws/${name}`) : [])],
        [...(cloud === "azure" ? half.map((name) => `azure/${name}`) : []), "containerd"],
      ];
      expect(filesOf("node", cloud)).toEqual([
        "install.sh",
        ...[...before, ...after].map(library),
        ...["debs", "drain", "joining", "json", "kept", "load", "log", "value", "waiting"].map(library),
        ...["node-watch.sh", "node.sh", "units/both/kubelet.service.d/keelson.conf"],
        ...["units/node/keelson-boot.service", "units/node/keelson-watch.service"],
      ]);
    },
  );

  const addon = (name: string) => `addons/${name}.yaml`;

  test.each<[Cloud, Cloud, readonly string[]]>([
    [
      ...(["aws", "azure"] as const),
      [
        ...["azuredisk-csi-driver.patch", "azuredisk-csi-driver", "cloud-provider-azure.patch"].map(addon),
        ...["cloud-provider-azure", "cluster-autoscaler.azure"].map(addon),
      ],
    ],
    [
      ...(["azure", "aws"] as const),
      [
        ...["aws-cloud-controller-manager", "aws-ebs-csi-driver.patch", "aws-ebs-csi-driver"].map(addon),
        addon("cluster-autoscaler.aws"),
      ],
    ],
  ])(
    "are for a master on %s all that is not in the user data, and not a node's, a NAT instance's or of %s",
    (cloud, other, addons) => {
      const master = filesOf("control-plane", cloud);
      const rest = all().filter((file) => !master.includes(file) && !file.startsWith(`lib/${other}/`));
      expect(rest.sort()).toEqual([
        ...addons,
        ...["fetch.sh", ...(cloud === "aws" ? ["lib/aws/address.sh"] : []), "lib/drain.sh", "lib/joining.sh"],
        ...["nat.sh", "node-watch.sh", "node.sh"],
        ...["units/node/keelson-boot.service", "units/node/keelson-watch.service"],
      ]);
      expect(master.filter((file) => file.startsWith(`lib/${other}/`))).toEqual([]);
    },
  );

  const both = CLOUDS.flatMap((cloud) =>
    (["control-plane", "node"] as const).map((role) => [role, cloud] as const),
  );
  test.each(both)("define every function that a %s calls on %s", (role, cloud) => {
    const unpacked = mkdtempSync(path.join(tmpdir(), "keelson-role-"));
    try {
      execFileSync("tar", ["--extract", "--directory", unpacked], { input: roleArchive(role, cloud) });
      const known = (directory: string) =>
        new Set(
          readdirSync(directory, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".sh"))
            .flatMap((file) => [
              ...readFileSync(path.join(directory, file), "utf8").matchAll(/^([a-z]\w*)\(\)/gm),
            ])
            .map(([, name = ""]) => name),
        );
      const here = known(unpacked);
      const missing = [...known(SCRIPTS)].filter((name) => !here.has(name) && name.includes("_"));
      const text = readdirSync(unpacked, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".sh"))
        .map((file) => readFileSync(path.join(unpacked, file), "utf8").replace(/^\s*#.*$/gm, ""))
        .join("\n");
      expect(missing.filter((name) => RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
    } finally {
      rmSync(unpacked, { recursive: true });
    }
  });
});

test("its file is written under cdktn, too", () => {
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-bundle-"));
  const program = `
    const { App, TerraformStack } = require("cdktf");
    const { BootBundle } = require("./lib/core/index.ts");
    const app = new App({ outdir: ${JSON.stringify(outdir)} });
    console.log(new BootBundle(new TerraformStack(app, "prod"), "boot", { cloud: "aws", role: "control-plane" }).path);
    app.synth();`;
  const cdktn = path.join(ROOT, "__tests__/support/cdktn.cjs");
  try {
    const { stdout, stderr } = runNode(["--require", cdktn, "--import", "tsx", "--eval", program]);
    expect(stderr).toBe("");
    expect(existsSync(path.join(outdir, "stacks/prod", stdout.trim()))).toBe(true);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test("two bundles of one role are the same, and another on the other cloud", () => {
  expect(bundle("azure").key).toBe(bundle("azure").key);
  expect(bundle("azure").key).not.toBe(bundle("aws").key);
});

describe("user data", () => {
  withTerraform(
    "gives each value as it is, known to Terraform alone or not, and both clouds' text is bash",
    () => {
      const odd = "o'brien \"at\" $HOME ${x} %{if} `id` \\ \\\\n 'end'";
      const texts = applied((stack) => {
        const { stringValue } = new TerraformVariable(stack, "odd", { type: "string", default: odd });
        const text = (cloud: Cloud) =>
          new BootBundle(stack, `boot-${cloud}`, { cloud, role: "control-plane" }).userData({
            storeUrl: STORE,
            environment: { ...ENVIRONMENTS[cloud], CLUSTER: odd, JOIN: stringValue },
          });
        const aws = text("aws");
        return { aws, azure: text("azure"), base64: Fn.base64encode(aws) };
      });
      expect(Buffer.from(texts.base64, "base64").toString()).toBe(texts.aws);
      for (const cloud of CLOUDS) {
        const text = texts[cloud];
        expect(text.startsWith("#!/bin/bash\nBUNDLE='boot/control-plane/")).toBe(true);
        execFileSync("bash", ["-n"], { input: text });
        const before = text.slice(0, text.indexOf("\nset -euo pipefail"));
        const seen = execFileSync("bash", ["-c", `${before}\nprintf '%s\\0' "\${ENVIRONMENT[@]}"`], {
          encoding: "utf8",
        }).split("\0");
        expect(seen).toEqual(
          expect.arrayContaining([`CLOUD=${cloud}`, `STORE_URL=${STORE}`, `CLUSTER=${odd}`, `JOIN=${odd}`]),
        );
      }
      expect(Buffer.byteLength(texts.aws)).toBeLessThan(16_384 - 2_048);
    },
  );

  withTerraform("has the libraries' functions, word for word", () => {
    const { aws } = applied((stack) => ({
      aws: new BootBundle(stack, "boot", { cloud: "aws", role: "control-plane" }).userData({
        storeUrl: STORE,
        environment: ENVIRONMENT,
      }),
    }));
    const libraries = ["log.sh", "answers.sh", "aws/api.sh", "aws/store.sh"].map((file) =>
      readFileSync(path.join(SCRIPTS, "lib", file), "utf8"),
    );
    const root = mkdtempSync(path.join(tmpdir(), "keelson-user-data-"));
    const functions = (text: string) =>
      execFileSync("bash", ["-c", `${text}\ndeclare -f`], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], KEELSON_ROOT: root },
      });
    try {
      // Up to where it begins to do something.
      const sent = functions(aws.slice(0, aws.indexOf("\numask 022")));
      for (const one of functions(libraries.join("\n")).split(/^(?=\S+ \(\))/m)) {
        expect(sent).toContain(one);
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test.each<readonly [string, object, readonly RegExp[]]>([
    [
      "a name that the scripts miss",
      { GROUP: "" },
      [/prod\/boot\/environment: 'GROUP' must be given: .* on aws, got ""/],
    ],
    ...["lower-case", "BASH_ENV", "PATH", "EPOCH", "CLOUD", "KEY_VAULT_URL"].map(
      (name): readonly [string, object, readonly RegExp[]] => [
        `a name that no script reads, ${name}`,
        { [name]: "x" },
        [
          RegExp(
            `'environment' must have only names that the scripts of the role .* read on aws, got "${name}"`,
          ),
        ],
      ],
    ),
    ["a value of two lines", { JOIN: "a\nb" }, [/'JOIN' must be one line of plain text, got "a\\nb"/]],
    ["more than EC2 takes", { JOIN: "x".repeat(9_000) }, [/aws takes 16384 bytes of user data/]],
    ["all of it at once", { GROUP: "", a: "x" }, [/'GROUP'/, /got "a"/]],
  ])("is refused with %s", (_, more, expected) => {
    expect(problemsOf({ ...ENVIRONMENT, ...more })).toEqual(
      expected.map((line) => expect.stringMatching(line) as string),
    );
  });

  test.each<[Cloud, string]>([
    ["aws", "GROUP"],
    ["azure", "KEY_VAULT_URL"],
  ])("needs on %s what its half of the scripts needs, such as %s", (cloud, name) => {
    expect(problemsOf(ENVIRONMENTS[cloud], cloud)).toEqual([]);
    expect(problemsOf({ ...ENVIRONMENTS[cloud], [name]: "" }, cloud)).toEqual([
      expect.stringMatching(RegExp(`'${name}' must be given: .* on ${cloud}, got ""`)),
    ]);
  });

  test("has room for what the cloud takes", () => {
    expect(problemsOf({ ...ENVIRONMENTS.azure, JOIN: "x".repeat(9_000) }, "azure")).toEqual([]);
  });
});

describe("of a node pool", () => {
  const NODE = {
    CLUSTER: "prod",
    POOL: "prod/general",
    JOIN: "/keelson/prod/join",
    KUBERNETES_VERSION: "1.36.4",
    KUBELET_VERSION: "1.35.7",
    ETCD_VERSION: "3.6.16",
    PACKAGES_URL: "https://packages.example/kubernetes-1.36",
    KUBELET_PACKAGES_URL: "https://packages.example/kubernetes-1.35",
    CONTAINERD_PACKAGES_URL: "https://packages.example/containerd",
    AWS_REGION: "us-east-1",
    GROUP: "prod-general",
    LAUNCH_HOOK: "join",
    TERMINATION_HOOK: "drain",
  };
  const ofPool = (pool: string) =>
    new BootBundle(new TerraformStack(Testing.app(), "prod"), "boot", { cloud: "aws", role: "node", pool });
  const refused = (environment: Readonly<Record<string, string>>) => {
    try {
      ofPool("general").userData({ storeUrl: STORE, environment });
    } catch (error) {
      if (error instanceof InvalidError) return error.problems;
      throw error;
    }
    return [];
  };

  test("the archive has a place of its own for each pool, under one digest", () => {
    const [one, other] = [ofPool("general"), ofPool("edge")];
    expect(one.key).toBe(`boot/node/general/${one.sha256}.tar`);
    expect(other.key).toBe(`boot/node/edge/${one.sha256}.tar`);
    expect(one.sha256).toBe(other.sha256);
  });

  test("the scripts miss nothing that they are given, and read what a pool may add", () => {
    const more = { NODE_LABELS: "a=b", NODE_TAINTS: "a=b:NoExecute", ADDRESSES: "yes" };
    expect(refused(NODE)).toEqual([]);
    expect(refused({ ...NODE, ...more })).toEqual([]);
    for (const name of Object.keys(NODE)) {
      const rest = Object.fromEntries(Object.entries(NODE).filter(([key]) => key !== name));
      expect(refused(rest)).toEqual([
        expect.stringMatching(
          new RegExp(`'${name}' must be given: the scripts of the role node need it on aws`),
        ),
      ]);
    }
  });

  test("what is only a master's is no node's", () => {
    expect(refused({ ...NODE, SEALING_KEY: "alias/prod" })).toEqual([
      expect.stringMatching(
        /must have only names that the scripts of the role node read on aws, got "SEALING_KEY"/,
      ),
    ]);
  });
});
