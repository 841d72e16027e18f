import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ROOT } from "../support/run";

const SCRIPT = path.join(ROOT, "scripts/ops/vault-init");
const directory = mkdtempSync(path.join(tmpdir(), "keelson-vault-init-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
const file = (name: string) => path.join(directory, name);

/** Stands in for Vault's command line, whose real one the live tests have: it answers as it is told, and init takes its time. */
const VAULT = `#!/bin/bash
printf '%s\\n' "$*" >>"$LOG"
cat "$VAULT_CONFIG_PATH" >>"$LOG"
case $1 in
  status) cat "$STATUS"; exit 2 ;;
  operator) sleep "\${DELAY:-0}"; [ -z "\${BROKEN:-}" ] || exit 2; printf '%s' "$ANSWER" ;;
esac
`;
/** Stands in for GnuPG, whose real one the live tests have: it says what a key is good for. */
const GPG = `#!/bin/bash
[[ $(cat "\${!#}") = *sign* ]] && use=scSC || use=scESC
name=$(sed -n 2p "\${!#}")
echo "pub:-:3072:1:6918BF35C62D12EC:1795294067:1795380467::-:::$use::::::23::0:"
echo "fpr:::::::::$name:"
`;
const ANSWER = JSON.stringify({ recovery_keys_b64: ["wcBMA1", "hQEMA2=="], root_token: "wcBM" });
const status = (more: object = {}) =>
  JSON.stringify({ type: "awskms", initialized: false, sealed: true, recovery_seal: true, ...more });

beforeAll(() => {
  for (const [name, text] of Object.entries({ vault: VAULT, gpg: GPG })) {
    writeFileSync(file(name), text);
    chmodSync(file(name), 0o755);
  }
  writeFileSync(file("ca.crt"), "-----BEGIN CERTIFICATE-----\n");
  for (const name of ["ada", "grace", "signer"]) {
    writeFileSync(file(`${name}.asc`), `-----BEGIN PGP PUBLIC KEY BLOCK-----\n${name}\n`);
  }
  writeFileSync(file("private.asc"), "-----BEGIN PGP PRIVATE KEY BLOCK-----\n");
});
beforeEach(() => {
  for (const name of ["out.json", "out.json.part", "-out.json", "log"]) rmSync(file(name), { force: true });
  writeFileSync(file("status"), status());
});

const GOOD = [
  ...["--address", "https://127.0.0.1:8200", "--ca", file("ca.crt"), "--threshold", "2"],
  ...["--pgp", file("ada.asc"), "--pgp", file("grace.asc"), "--out", file("out.json")],
];
const env = (more: Record<string, string> = {}) => ({
  PATH: `${directory}:${process.env["PATH"] ?? ""}`,
  LOG: file("log"),
  STATUS: file("status"),
  ANSWER,
  VAULT_TOKEN: "from-outside",
  ...more,
});
const run = (args: readonly string[], more: Record<string, string> = {}) => {
  const { status: code, stdout, stderr } = spawnSync(SCRIPT, args, { encoding: "utf8", env: env(more) });
  return { code, stdout, stderr, out: existsSync(file("out.json")) };
};
const without = (name: string) => GOOD.filter((_, i) => GOOD[i] !== name && GOOD[i - 1] !== name);

test("asks Vault for a share for each key, and keeps the answer for its owner alone", () => {
  expect(run(GOOD)).toMatchObject({ code: 0, out: true });
  expect(readFileSync(file("out.json"), "utf8")).toBe(`${ANSWER}\n`);
  expect(statSync(file("out.json")).mode & 0o777).toBe(0o600);
  expect(existsSync(file("out.json.part"))).toBe(false);
  const log = readFileSync(file("log"), "utf8");
  expect(log).toContain("-recovery-shares=2 -recovery-threshold=2");
  expect(log).toContain(
    `-recovery-pgp-keys=${file("ada.asc")},${file("grace.asc")} -root-token-pgp-key=${file("ada.asc")}`,
  );
});

test("shows none of it", () => {
  const { stdout, stderr } = run(GOOD);
  expect(stdout + stderr).not.toMatch(/wcBM|hQEM/);
  expect(stdout).toContain(`recovery share 2: .recovery_keys_b64[1], for ${file("grace.asc")}`);
});

test.each([
  ["no address", without("--address"), "--address has to be"],
  ["an address without TLS", [...GOOD, "--address", "http://127.0.0.1:8200"], "--address has to be"],
  ["no keys", without("--pgp"), "whose keys?"],
  ["one key for two", [...GOOD, "--pgp", file("ada.asc")], "two of the keys are the same"],
  ["a private key", [...GOOD, "--root-pgp", file("private.asc")], "is a private key"],
  ["what is no key", [...GOOD, "--pgp", file("ca.crt")], "is no PGP public key"],
  ["a threshold above the keys", [...GOOD, "--threshold", "3"], "--threshold is 3, and there are 2 keys"],
  ["a threshold of one", [...GOOD, "--threshold", "1"], "would make each share the whole key"],
  ["no file for the answer", without("--out"), "--out: where to?"],
  ["no folder for it", [...GOOD, "--out", file("none/out.json")], "--out: nothing can be written into"],
  ["a threshold beyond numbers", [...GOOD, "--threshold", "9".repeat(20)], "--threshold has to be a number"],
  ["what it does not know", [...GOOD, "--force"], "what is --force?"],
])("a mistake is told before Vault is asked anything: %s", (_, args, message) => {
  const { code, stderr, out } = run(args);
  expect([code, out, existsSync(file("log"))]).toEqual([2, false, false]);
  expect(stderr).toContain(message);
});

test.each([
  ["is initialised already", { initialized: true }, 1, "it is initialised already"],
  ["would answer with unseal keys", { recovery_seal: false, type: "shamir" }, 1, "its seal is 'shamir'"],
  ["says nothing of it", { initialized: undefined }, 3, "does not say whether"],
])("a Vault that %s is left as it is", (_, said, code, message) => {
  writeFileSync(file("status"), status(said));
  const ended = run(GOOD);
  expect(ended).toMatchObject({ code, out: false });
  expect(ended.stderr).toContain(message);
  expect(readFileSync(file("log"), "utf8")).not.toContain("operator");
});

test("a key that one cannot encrypt with is refused before Vault is asked", () => {
  const ended = run([...GOOD, "--pgp", file("signer.asc")]);
  expect(ended).toMatchObject({ code: 2, out: false });
  expect(ended.stderr).toContain("signer.asc is not one PGP key that one can encrypt with today");
  expect(existsSync(file("log"))).toBe(false);
});

test("an administrator's key in two files counts once", () => {
  writeFileSync(file("again.asc"), "-----BEGIN PGP PUBLIC KEY BLOCK-----\nada\nexported later\n");
  const ended = run([...GOOD, "--pgp", file("again.asc")]);
  expect(ended).toMatchObject({ code: 2, out: false });
  expect(ended.stderr).toContain("two of the keys are the same, ada");
});

test.each([
  ["a share in plain text", { recovery_keys_b64: ["wcBMA1", "AhU3Zx=="], root_token: "wcBM" }],
  ["the root token in plain text", { recovery_keys_b64: ["wcBMA1", "wcBMA2"], root_token: "hvs.CAES" }],
  ["no root token", { recovery_keys_b64: ["wcBMA1", "wcBMA2"] }],
])("an answer with %s is no success, and is kept aside", (_, answer) => {
  const ended = run(GOOD, { ANSWER: JSON.stringify(answer) });
  expect(ended).toMatchObject({ code: 3, out: false });
  expect(ended.stderr).toContain("not every share and the root token is encrypted");
  expect(existsSync(file("out.json.part"))).toBe(true);
});

test("an answer that is there already is never written over", () => {
  writeFileSync(file("out.json"), "shares");
  expect(run(GOOD)).toMatchObject({ code: 1 });
  expect(readFileSync(file("out.json"), "utf8")).toBe("shares");
});

test("where init fails, it says so and leaves no file behind", () => {
  expect(run(GOOD, { BROKEN: "yes" })).toMatchObject({
    code: 3,
    out: false,
    stderr: expect.stringContaining("nothing was initialised") as string,
  });
  expect(existsSync(file("out.json.part"))).toBe(false);
});

test("an answer of too few shares is kept aside", () => {
  const cut = JSON.stringify({ recovery_keys_b64: ["one"] });
  expect(run(GOOD, { ANSWER: cut })).toMatchObject({ code: 3, out: false });
  expect(readFileSync(file("out.json.part"), "utf8")).toBe(`${cut}\n`);
});

test("Ctrl-C loses no answer", async () => {
  // A group of its own, to whose every process a terminal would send the signal.
  const running = spawn(SCRIPT, GOOD, { env: env({ DELAY: "2" }), detached: true, stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => running.on("close", resolve));
  while (!existsSync(file("log")) || !readFileSync(file("log"), "utf8").includes("operator")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (let i = 0; i < 3; i++) {
    process.kill(-(running.pid ?? 0), "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await ended).toBe(0);
  expect(readFileSync(file("out.json"), "utf8")).toBe(`${ANSWER}\n`);
});

test("without room for the answer Vault is not initialised", () => {
  // As a full disk would, after the first KiB.
  const limited = ["-c", 'ulimit -f 1; exec "$@"', "bash", SCRIPT, ...GOOD];
  const { status: code, stderr } = spawnSync("bash", limited, { encoding: "utf8", env: env() });
  expect([code, stderr]).toEqual([3, expect.stringContaining("there is no room for the answer") as string]);
  expect(readFileSync(file("log"), "utf8")).not.toContain("operator");
  expect(existsSync(file("out.json.part"))).toBe(false);
});

test("a file that comes to be there meanwhile is not taken for the answer", async () => {
  const running = spawn(SCRIPT, GOOD, { env: env({ DELAY: "1" }) });
  let said = "";
  running.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => running.on("close", resolve));
  while (!existsSync(file("out.json.part"))) await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(file("out.json"), "somebody's");
  expect(await ended).toBe(3);
  expect(said).toContain(`it is initialised, but ${file("out.json")} has come to be there meanwhile`);
  expect(readFileSync(file("out.json.part"), "utf8")).toBe(`${ANSWER}\n`);
});

test("nor is a link that leads nowhere", () => {
  symlinkSync("nowhere/at-all", file("out.json"));
  expect(run(GOOD)).toMatchObject({ code: 1, stderr: expect.stringContaining("is there already") as string });
  expect(existsSync(file("log"))).toBe(false);
});

test("a name that begins like an option is a name", () => {
  const args = [...GOOD, "--out", "-out.json"];
  const { status: code } = spawnSync(SCRIPT, args, { cwd: directory, encoding: "utf8", env: env() });
  expect(code).toBe(0);
  expect(readFileSync(file("-out.json"), "utf8")).toBe(`${ANSWER}\n`);
});

test("that nobody reads what it says changes nothing: the answer is there", () => {
  const unread = ["-c", '"$@" >/dev/full 2>&1', "bash", SCRIPT, ...GOOD];
  expect(spawnSync("bash", unread, { env: env() }).status).toBe(0);
  expect(readFileSync(file("out.json"), "utf8")).toBe(`${ANSWER}\n`);
});

test("Vault is brought no token, neither from the surroundings nor from a home", () => {
  expect(run(GOOD).code).toBe(0);
  expect(readFileSync(file("log"), "utf8")).toMatch(/^token_helper = "\/\S*\/true"$/m);
});
