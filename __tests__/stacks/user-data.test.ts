import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App } from "cdktf";
import { addStacks } from "../../stacks";
import { environments } from "../../stacks/environments";
import { only, readStacks } from "../support/synth";
import { has, testWith } from "../support/tools";

const withTerraform = testWith({ terraform: has("terraform") }, "install Terraform 1.10 or newer");

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
const LIMIT = 16_384;

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

/** What the machines of an environment's launch template run, as Terraform works it out, and their scripts' digest. */
function booted(name: string): { readonly text: string; readonly digest: string } {
  const cwd = path.join(outdir, "stacks", name);
  const tf = readStacks(outdir)[name] ?? { terraform: {} };
  const [, expression = ""] =
    /^\$\{(.*)\}$/s.exec(String(only(tf, "aws_launch_template")["user_data"])) ?? [];
  // Away from the stack's file, so that the backend in there needs no initialising.
  const place = path.join(outdir, "console");
  mkdirSync(place, { recursive: true });
  const base64 = execFileSync("terraform", ["console"], {
    cwd: place,
    encoding: "utf8",
    stdio: "pipe",
    input: expression.replaceAll('file("', `file("${cwd}/`),
  });
  const archive = readFileSync(path.join(cwd, String(only(tf, "aws_s3_object")["source"])));
  return {
    text: Buffer.from(JSON.parse(base64) as string, "base64").toString(),
    digest: createHash("sha256").update(archive).digest("hex"),
  };
}

const names = environments.map(({ name }) => name);

// What every machine of an environment runs as root is reviewed. To write the files anew: UPDATE_USER_DATA=1 npx jest user-data
withTerraform.each(names)("the user data of %s is the one that was reviewed", (name) => {
  const file = path.join(__dirname, "user-data", `${name}.txt`);
  const found = masked(booted(name).text);
  if (process.env["UPDATE_USER_DATA"] === "1") {
    writeFileSync(file, found);
  }
  expect(found).toBe(readFileSync(file, "utf8"));
});

withTerraform.each(names)(
  "of the user data of %s, nothing is masked but the digest of its scripts",
  (name) => {
    const { text, digest } = booted(name);
    expect(text.match(DIGEST)).toEqual([digest]);
    expect(text).toContain(`\nBUNDLE='boot/control-plane/${digest}.tar'\n`);
    expect(masked(text).replace(MASK, digest)).toBe(text);
  },
);

withTerraform.each(names)("the user data of %s is within EC2's limit", (name) => {
  expect(Buffer.byteLength(booted(name).text)).toBeLessThanOrEqual(LIMIT);
});

withTerraform.each(names)("the user data of %s holds nothing that looks like a secret", (name) => {
  expect(secretsIn(masked(booted(name).text))).toEqual([]);
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
