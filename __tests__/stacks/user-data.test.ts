import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App } from "cdktf";
import { addStacks } from "../../stacks";
import { environments } from "../../stacks/environments";
import { readStacks, resources, type Terraform } from "../support/synth";
import { has, testWith } from "../support/tools";

const withTerraform = testWith({ terraform: has("terraform") }, "install Terraform 1.10 or newer");

/**
 * What each cloud takes.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
 * @see https://learn.microsoft.com/azure/virtual-machines/custom-data
 */
const LIMITS = { aws: 16_384, azure: 65_535 };

/** Stands for the digest of the scripts' archive, which another comment in any of them changes. */
const MASK = "<sha256 of the scripts>";
const DIGEST = /\b[0-9a-f]{64}\b/g;
const masked = (text: string) => text.replace(DIGEST, MASK);

/** What is given away by its form: values of names for secrets, keys of AWS, PEM, tokens of kubeadm, JWTs, long noise. */
const SECRETS = [
  /\b\w*(?:SECRET|PASSWORD|TOKEN|PRIVATE)\w*=['"]?[^\s'"$(]+/g,
  /\b(?:password|passwd|secret|token)=(?![$"'(\s])\S+/gi,
  /\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g,
  /-----BEGIN[^-]+-----/g,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  /\beyJ[\w-]{10,}\.[\w-]+/g,
  /(?<![\w+/])(?=[\w+/]*\d)(?=[\w+/]*[A-Z])[\w+/]{32,}/g,
];
const secretsIn = (text: string) => SECRETS.flatMap((form) => text.match(form) ?? []);

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(path.join(tmpdir(), "keelson-user-data-"));
  const app = new App({ outdir });
  for (const environment of environments) {
    addStacks(app, environment);
  }
  app.synth();
});
afterAll(() => rmSync(outdir, { recursive: true }));

/** A launch template or scale set by what it is for: "control-plane", or a pool's name. */
const TEMPLATE = /^(?:cluster|pools)_([a-z-]+)_(?:launch-template|group)$/;

/** The user data in an environment's stack, by what it is for. */
function templatesOf(tf: Terraform): Map<string, string> {
  const texts = [
    ...Object.entries(resources(tf, "aws_launch_template")).map(([id, { user_data }]) => [id, user_data]),
    ...Object.entries(resources(tf, "azurerm_linux_virtual_machine_scale_set")).map(([id, set]) => [
      id,
      set["custom_data"],
    ]),
  ];
  return new Map(texts.map(([id, text]) => [TEMPLATE.exec(String(id))?.[1] ?? String(id), String(text)]));
}

/** What the machines of a role run, as Terraform works it out, and their scripts' digest. */
function booted({ name, role }: Booting): { readonly text: string; readonly digest: string } {
  const cwd = path.join(outdir, "stacks", name);
  const tf = readStacks(outdir)[name] ?? { terraform: {} };
  const [, expression = ""] = /^\$\{(.*)\}$/s.exec(templatesOf(tf).get(role) ?? "") ?? [];
  // Away from the stack's file, so that the backend in there needs no initialising.
  const place = path.join(outdir, "console");
  mkdirSync(place, { recursive: true });
  const base64 = execFileSync("terraform", ["console"], {
    cwd: place,
    encoding: "utf8",
    stdio: "pipe",
    input: expression
      .replaceAll('file("', `file("${cwd}/`)
      // What only Azure knows.
      .replace(/\b(azurerm_\w+)\.[\w-]+\.(\w+)/g, '"<$1.$2>"'),
  });
  const [bundle] = [resources(tf, "aws_s3_object"), resources(tf, "azurerm_storage_blob")]
    .flatMap((bundles) => Object.entries(bundles))
    .filter(([id]) => id.includes(`_${role}_`))
    .map(([, { source }]) => String(source));
  const archive = readFileSync(path.join(cwd, bundle ?? ""));
  return {
    text: Buffer.from(JSON.parse(base64) as string, "base64").toString(),
    digest: createHash("sha256").update(archive).digest("hex"),
  };
}

interface Booting {
  readonly name: string;
  readonly cloud: "aws" | "azure";
  readonly role: string;
}

const all: readonly Booting[] = environments.flatMap((environment) => {
  const { name, cloud, nodePools = [] } = environment;
  const agents = "agents" in environment ? ["agents"] : [];
  return ["control-plane", ...agents, ...nodePools.map((pool) => pool.name)].map((role) => ({
    name,
    cloud,
    role,
  }));
});

test("every launch template and scale set is looked at", () => {
  for (const { name } of environments) {
    expect([...templatesOf(readStacks(outdir)[name] ?? { terraform: {} }).keys()].sort()).toEqual(
      all.flatMap((one) => (one.name === name ? [one.role] : [])).sort(),
    );
  }
});

// What every machine of an environment runs as root is reviewed: a master's whole, and of a node's what is not the same. To
// write the files anew: UPDATE_USER_DATA=1 npx jest user-data
withTerraform.each(all)("the user data of $role in $name is the one that was reviewed", (one) => {
  const { name, cloud, role } = one;
  const isMaster = role === "control-plane";
  const file = path.join(__dirname, "user-data", isMaster ? `${name}.txt` : `${name}-${role}.txt`);
  const text = masked(booted(one).text);
  const [head = "", ...rest] = text.split(/(?<=\n\)\n)/);
  if (!isMaster) {
    expect(masked(booted({ name, cloud, role: "control-plane" }).text).endsWith(rest.join(""))).toBe(true);
  }
  const found = isMaster ? text : head;
  if (process.env["UPDATE_USER_DATA"] === "1") {
    writeFileSync(file, found);
  }
  expect(found).toBe(readFileSync(file, "utf8"));
});

withTerraform.each(all)(
  "of the user data of $role in $name, nothing is masked but the digest of its scripts",
  (one) => {
    const { text, digest } = booted(one);
    const under = one.role === "control-plane" ? one.role : `node/${one.role}`;
    expect(text.match(DIGEST)).toEqual([digest]);
    expect(text).toContain(`\nBUNDLE='boot/${under}/${digest}.tar'\n`);
    expect(masked(text).replace(MASK, digest)).toBe(text);
  },
);

withTerraform.each(all)("the user data of $role in $name is within its cloud's limit", (one) => {
  expect(Buffer.byteLength(booted(one).text)).toBeLessThanOrEqual(LIMITS[one.cloud]);
});

withTerraform.each(all)("the user data of $role in $name holds nothing that looks like a secret", (one) => {
  expect(secretsIn(masked(booted(one).text))).toEqual([]);
});

test.each([
  "JOIN_TOKEN='abc'",
  "VAULT_SECRET_ID=1f0c",
  "--password=hunter2",
  "AKIAIOSFODNN7EXAMPLE",
  "-----BEGIN EC PRIVATE KEY-----",
  "abcdef.0123456789abcdef",
  "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
])("%s would be taken for a secret", (secret) => {
  for (const text of [secret, `say '${secret}'`, `A=1\n${secret}\n`]) {
    expect(secretsIn(text)).not.toEqual([]);
  }
});
