import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";
import { ROOT } from "../support/run";
import { run } from "../support/project";
import { Administrator } from "./support/administrators";
import { ApiServer } from "./support/api-server";
import { LiveConsul } from "./support/consul";
import { LivePlatform } from "./support/platform";
import { ProcessList, recorder } from "./support/process-list";
import { printedAndExecuted, Secrets } from "./support/secrets";
import { until } from "./support/servers";
import { liveTest, POD_TOOLS, TOOLS } from "./support/tools";
import { LiveVault } from "./support/vault";

const test = liveTest(...POD_TOOLS, "vault", "gpg");

const directory = mkdtempSync(path.join(tmpdir(), "keelson-live-"));
const answer = path.join(directory, "vault-init.json");
let api: ApiServer;
let platform: LivePlatform;
let consul: LiveConsul;
let vault: LiveVault;
let processes: ProcessList;
let administrators: Administrator[] = [];
/** The recovery shares, decrypted. */
let shares: string[] = [];
let [rootToken, anotherRootToken] = ["", ""];
/** What vault-init has printed. */
let initialising = "";

beforeAll(async () => {
  processes = await ProcessList.watch(directory);
  api = await ApiServer.start(directory);
  platform = await LivePlatform.create(prodUsEast1, api);
  await platform.plan();
  await platform.apply();
  consul = await LiveConsul.start(api);
  vault = await LiveVault.start(api, consul);
  administrators = ["ann", "ben", "cem"].map((name) => Administrator.create(directory, name));
});
afterAll(async () => {
  for (const administrator of administrators) administrator.leave();
  await (vault as LiveVault | undefined)?.stop();
  await (consul as LiveConsul | undefined)?.stop();
  (platform as LivePlatform | undefined)?.remove();
  await (api as ApiServer | undefined)?.stop();
  await (processes as ProcessList | undefined)?.stop();
  rmSync(directory, { recursive: true });
});

async function initialise(out: string, whose = administrators) {
  const [member] = vault.members;
  if (member === undefined) throw new Error("there is no server");
  const keys = whose.flatMap(({ publicKey }) => ["--pgp", publicKey]);
  const args = ["--address", await vault.forward(member), "--ca", vault.caFile, ...keys];
  const PATH = `${TOOLS}:${process.env["PATH"] ?? ""}`;
  const script = [path.join(ROOT, "scripts/ops/vault-init"), ...args, "--threshold", "2", "--out", out];
  const recorded = [...recorder(path.join(directory, "vault-init.executed")), ...script];
  const ended = await run("env", recorded, directory, { PATH });
  initialising += ended.stdout + ended.stderr;
  return ended;
}

test("a key that one cannot encrypt with is refused before Vault is asked, which would have lost the shares", async () => {
  const signer = Administrator.create(directory, "dan", "sign");
  const { code, stderr } = await initialise(answer, [...administrators.slice(0, 2), signer]);
  signer.leave();
  expect(stderr).toContain("dan.asc is not one PGP key that one can encrypt with today");
  expect(code).toBe(2);
  const [member] = vault.members;
  expect(member && (await vault.health(member)).initialized).toBe(false);
});

test("is initialised once, with the administrators' keys, and unseals itself", async () => {
  const { code, stderr } = await initialise(answer);
  if (code !== 0) throw new Error(`vault-init: ${code}: ${stderr}\n${vault.log.slice(-2000)}`);
  const { recovery_keys_b64: encrypted, root_token: root } = JSON.parse(readFileSync(answer, "utf8")) as {
    recovery_keys_b64: string[];
    root_token: string;
  };
  expect(encrypted).toHaveLength(3);
  shares = encrypted.map((share, i) => administrators[i]?.decrypt(share) ?? "");
  expect(shares.every((share) => /^[0-9a-f]{66}$/.test(share))).toBe(true);
  expect(() => administrators[1]?.decrypt(encrypted[0] ?? "")).toThrow(/decryption failed/);
  rootToken = administrators[0]?.decrypt(root) ?? "";
  const active = await vault.active();
  await write("audit", "sys/audit/file", { type: "file", options: { file_path: "/vault/audit/audit.log" } });
  await write("kv", "sys/mounts/kv", { type: "kv" });
  await write("kept", "kv/kept", { value: "kept-in-vault" });
  expect(vault.members).toContain(active);
});

test("two of the shares make a root token anew", async () => {
  const [member] = vault.members;
  const address = member?.pod.address ?? "";
  const started = await vault.request("PUT", "/v1/sys/generate-root/attempt", { address });
  const { nonce, otp } = JSON.parse(started.body) as { nonce: string; otp: string };
  let encoded = "";
  for (const key of shares.slice(0, 2)) {
    const body = { key, nonce };
    const { body: text } = await vault.request("PUT", "/v1/sys/generate-root/update", { address, body });
    encoded = (JSON.parse(text) as { encoded_token: string }).encoded_token;
  }
  const bytes = Buffer.from(encoded, "base64");
  anotherRootToken = Buffer.from(bytes.map((byte, i) => byte ^ otp.charCodeAt(i))).toString();
  expect(await vault.request("GET", "/v1/kv/kept", { token: anotherRootToken })).toMatchObject({
    status: 200,
  });
});

test("a second initialisation is refused", async () => {
  const out = path.join(directory, "second.json");
  const { code, stderr } = await initialise(out);
  expect(stderr).toContain("it is initialised already");
  expect(code).toBe(1);
  expect(readdirSync(directory).filter((name) => name.startsWith("second.json"))).toEqual([]);
  const body = { recovery_shares: 1, recovery_threshold: 1 };
  expect((await vault.request("PUT", "/v1/sys/init", { body })).status).toBe(400);
});

test("what it keeps lies below its own path in Consul, and its token opens nothing else there", async () => {
  const keys = (await consul.cli(["kv", "get", "-keys", "-separator=", ""])).split("\n");
  expect(keys.length).toBeGreaterThan(5);
  expect(keys.filter((key) => !key.startsWith("vault/"))).toEqual([]);
  const { token = "" } = vault.workloads.secret("vault-consul-token");
  expect(await consul.request("PUT", "/v1/kv/other", { token, body: "x" })).toMatchObject({ status: 403 });
});

test("the active server says so on its pod, by which its service finds it", async () => {
  const active = await vault.active();
  await until("the pods say which one is active", () => {
    const { items } = api.get<{ items: { metadata: { name: string } }[] }>(
      ...["pods", "--namespace", "vault", "--selector", "vault-active=true"],
    );
    return Promise.resolve(items.length === 1 && items[0]?.metadata.name === active.pod.object.metadata.name);
  });
});

test("a server that is restarted unseals itself", async () => {
  const active = await vault.active();
  const standby = vault.members.find((member) => member !== active);
  if (standby === undefined) throw new Error("there is no standby");
  await standby.server.end("SIGTERM");
  await vault.restart(standby);
  await until("it is unsealed", async () => !(await vault.health(standby)).sealed);
});

test("when the active server is killed a standby takes over with all that was kept", async () => {
  const killed = await vault.active();
  await killed.server.end("SIGKILL");
  const next = await vault.active();
  expect(next).not.toBe(killed);
  const { status, body } = await vault.request("GET", "/v1/kv/kept", {
    address: next.pod.address,
    token: rootToken,
  });
  expect(status).toBe(200);
  expect(body).toContain("kept-in-vault");
  await vault.restart(killed);
  await until("it stands by", async () => (await vault.health(killed)).standby);
});

test("no secret is in a state, a plan, a log, an object of the API's, or what was executed", () => {
  const secrets = new Secrets();
  secrets.addThoseOf(api, "consul");
  secrets.addThoseOf(api, "vault");
  secrets.addTokensOf(path.join(directory, "pods"));
  secrets.add("the credential's key", api.certificateOf("platform").key);
  secrets.add("the seal's token", vault.seal.token);
  secrets.add("the root token", rootToken);
  secrets.add("another root token", anotherRootToken);
  shares.forEach((share, i) => {
    secrets.add(`share ${i}`, share);
    secrets.add(`share ${i} in base64`, Buffer.from(share, "hex").toString("base64"));
  });
  expect(secrets.missing).toEqual([]);

  const places = new Map([
    ["states", platform.states],
    ["what Terraform printed", platform.printed],
    ["objects", api.descriptions],
    ["the list of processes", processes.seen],
    ["what vault-init printed", initialising],
    ["its answer", readFileSync(answer, "utf8")],
    ...printedAndExecuted(directory),
  ]);
  expect(places.get("the list of processes")).toContain("operator init");
  const found = [...places].flatMap(([place, text]) => secrets.in(text).map((name) => `${place}: ${name}`));
  // The cloud's stand-in says in its own log how to get in.
  expect(found).toEqual(["transit.log: the seal's token"]);
});

async function write(what: string, question: string, body: object): Promise<void> {
  const { pod } = await vault.active();
  const answered = await vault.request("POST", `/v1/${question}`, {
    address: pod.address,
    token: rootToken,
    body,
  });
  if (answered.status >= 300) throw new Error(`${what}: ${answered.status} ${answered.body}`);
}
