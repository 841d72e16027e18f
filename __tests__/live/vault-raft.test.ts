import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { run } from "../support/project";
import { ROOT } from "../support/run";
import { Administrator } from "./support/administrators";
import { ApiServer } from "./support/api-server";
import { LivePlatform } from "./support/platform";
import { until } from "./support/servers";
import { liveTest, POD_TOOLS, TOOLS } from "./support/tools";
import { LiveVault } from "./support/vault";

const test = liveTest(...POD_TOOLS, "vault", "gpg");

const directory = mkdtempSync(path.join(tmpdir(), "keelson-live-"));
let api: ApiServer;
let platform: LivePlatform;
let vault: LiveVault;
let ann: Administrator;
beforeAll(async () => {
  api = await ApiServer.start(directory);
  platform = await LivePlatform.create(prodEastus, api);
  platform.set({ vault: { storage: "raft" } });
  await platform.plan();
  await platform.apply();
  vault = await LiveVault.start(api);
  ann = Administrator.create(directory, "ann");
});
afterAll(async () => {
  (ann as Administrator | undefined)?.leave();
  await (vault as LiveVault | undefined)?.stop();
  (platform as LivePlatform | undefined)?.remove();
  await (api as ApiServer | undefined)?.stop();
  rmSync(directory, { recursive: true });
});

test("on its own storage the servers join one another, and what was kept outlives the active one", async () => {
  const [first] = vault.members;
  if (first === undefined) throw new Error("there is no server");
  const answer = path.join(directory, "vault-init.json");
  const { code, stderr } = await run(
    path.join(ROOT, "scripts/ops/vault-init"),
    [
      ...["--address", await vault.forward(first), "--ca", vault.caFile, "--pgp", ann.publicKey],
      ...["--threshold", "1", "--out", answer],
    ],
    directory,
    { PATH: `${TOOLS}:${process.env["PATH"] ?? ""}` },
  );
  if (code !== 0) throw new Error(`vault-init: ${code}: ${stderr}\n${vault.log.slice(-2000)}`);
  const { root_token: root } = JSON.parse(readFileSync(answer, "utf8")) as { root_token: string };
  const token = ann.decrypt(root);

  const active = await vault.active();
  const on = { token, address: active.pod.address };
  const voters = async () => {
    const { body } = await vault.request("GET", "/v1/sys/storage/raft/configuration", on);
    const { data } = JSON.parse(body) as { data: { config: { servers: { voter: boolean }[] } } };
    return data.config.servers.filter(({ voter }) => voter).length;
  };
  await until("all three vote", async () => (await voters()) === 3);
  await vault.request("POST", "/v1/sys/mounts/kv", { ...on, body: { type: "kv" } });
  await vault.request("POST", "/v1/kv/kept", { ...on, body: { value: "kept-in-raft" } });

  await active.server.end("SIGKILL");
  const next = await vault.active();
  const { body } = await vault.request("GET", "/v1/kv/kept", { token, address: next.pod.address });
  expect(body).toContain("kept-in-raft");
});
