import { encode } from "@msgpack/msgpack";
import { mkdtempSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as tls from "node:tls";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";
import { ApiServer } from "./support/api-server";
import { LiveConsul } from "./support/consul";
import { LivePlatform } from "./support/platform";
import { until } from "./support/servers";
import { liveTest, POD_TOOLS } from "./support/tools";

const test = liveTest(...POD_TOOLS);

/** The first byte of a connection to a server's port says what is spoken on it, as agent/pool/conn.go of Consul has it: TLS, in it calls. */
const [SPEAKS_TLS, CALLS] = [Buffer.from([3]), Buffer.from([0])];
/** A call as net/rpc has it, written by msgpack. */
const PING = Buffer.concat([CALLS, encode({ ServiceMethod: "Status.Ping", Seq: 1 }), encode({})]);

const directory = mkdtempSync(path.join(tmpdir(), "keelson-live-"));
let api: ApiServer;
let platform: LivePlatform;
let consul: LiveConsul;
beforeAll(async () => {
  api = await ApiServer.start(directory);
  platform = await LivePlatform.create(prodUsEast1, api);
  await platform.plan();
  await platform.apply();
  consul = await LiveConsul.start(api);
});
afterAll(async () => {
  await (consul as LiveConsul | undefined)?.stop();
  (platform as LivePlatform | undefined)?.remove();
  await (api as ApiServer | undefined)?.stop();
  rmSync(directory, { recursive: true });
});

const put = (key: string, body: string, token = consul.managementToken, member = consul.members[0]) =>
  consul.request("PUT", `/v1/kv/${key}`, { token, body, member });

test("three servers of the rendered configuration elect a leader, and none trusts the network", async () => {
  const leader = await consul.leader();
  expect(await voters()).toBe(3);
  expect(consul.members).toContain(leader);
});

test("whoever has no token may write nothing and read nothing", async () => {
  expect(await put("stranger", "x", "")).toEqual({
    status: 403,
    body: expect.stringContaining("Permission denied") as string,
  });
  expect((await put("stranger", "x", "00000000-0000-0000-0000-000000000001")).status).toBe(403);
  expect((await consul.request("GET", "/v1/kv/stranger")).status).toBe(403);
  expect((await put("friend", "x")).status).toBe(200);
});

test("plain HTTP is not spoken", async () => {
  const address = consul.members[0]?.pod.address ?? "";
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = net.connect(8501, address, () => socket.end("GET /v1/status/leader HTTP/1.0\r\n\r\n"));
    let text = "";
    socket.on("data", (part) => (text += part.toString()));
    socket.on("close", () => {
      resolve(text);
    });
    socket.on("error", reject);
  });
  expect(answer).toContain("Client sent an HTTP request to an HTTPS server");
  await expect(connects(8500, address)).resolves.toBe(false);
});

test.each([
  ["without a certificate", () => ({}), false],
  ["with a certificate of another authority", () => api.certificate("server.consul", "stranger"), false],
  ["with a server's own", () => ownCertificate(), true],
])("who speaks to a server's port %s", async (_, certificate, welcome) => {
  const { certificate: cert, key } = { certificate: undefined, key: undefined, ...certificate() };
  expect(await isHeard({ cert, key })).toBe(welcome);
});

test("when the leader is killed another one leads, and it comes back", async () => {
  const killed = await consul.leader();
  await killed.server.end("SIGKILL");
  const next = await consul.leader();
  expect(next.pod.address).not.toBe(killed.pod.address);
  await until("the new leader writes", async () => {
    const { status } = await put("while-one-is-gone", "x", undefined, next);
    return status === 200;
  });
  await consul.restart(killed);
  expect(await consul.cli(["kv", "get", "-stale", "while-one-is-gone"], { member: killed })).toBe("x");
});

test("a server that comes back is ready only with all that the others have", async () => {
  // So much that replaying it takes a second or two, in which a leader is known already.
  await fill({ transactions: 500, keys: 128 });
  const leader = await consul.leader();
  const follower = consul.members.find((member) => member !== leader);
  if (follower === undefined) throw new Error("nobody follows");
  await follower.server.end("SIGKILL");
  await put("last", "x", undefined, leader);
  await consul.restart(follower);
  expect(await consul.cli(["kv", "get", "-stale", "last"], { member: follower })).toBe("x");
});

test("a rolled restart loses no key", async () => {
  const written: string[] = [];
  let rolling = true;
  const writer = (async () => {
    for (let i = 0; rolling; i++) {
      const member = consul.members[i % consul.members.length];
      const answer = await put(`rolled/${i}`, `${i}`, undefined, member).catch(() => undefined);
      if (answer?.status === 200 && answer.body === "true") written.push(`rolled/${i}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  for (const member of [...consul.members].reverse()) {
    await member.server.end("SIGTERM");
    await consul.restart(member);
    // What the StatefulSet waits 30 seconds for.
    await until("it votes again", async () => (await voters()) === 3);
  }
  rolling = false;
  await writer;
  const kept = (await consul.cli(["kv", "get", "-keys", "-separator=", "rolled/"])).split("\n");
  expect(written.length).toBeGreaterThan(20);
  expect(kept).toEqual(expect.arrayContaining(written));
});

test("a snapshot that the snapshots' own token takes brings keys back", async () => {
  const file = path.join(directory, "consul.snap");
  const { token = "" } = consul.workloads.secret("consul-snapshot-token");
  await put("kept", "before");
  // Of the leader, as the job does: another one may pass it on cut off.
  await consul.cli(["snapshot", "save", file], { token, member: await consul.leader() });
  await put("kept", "after");
  await consul.cli(["kv", "delete", "friend"]);
  await consul.cli(["snapshot", "restore", file]);
  expect(await consul.cli(["kv", "get", "kept"])).toBe("before");
  expect(await consul.cli(["kv", "get", "friend"])).toBe("x");
  await expect(put("kept", "x", token)).resolves.toMatchObject({ status: 403 });
});

/** How many servers there are, where all of them vote. */
async function voters(): Promise<number> {
  const peers = (await consul.cli(["operator", "raft", "list-peers"])).split("\n").slice(1);
  return peers.every((peer) => peer.includes(" true ")) ? peers.length : 0;
}

/** Writes many keys, some transactions at a time. */
async function fill({ transactions, keys }: { transactions: number; keys: number }): Promise<void> {
  const token = consul.managementToken;
  const left = Array.from({ length: transactions }, (_, i) => i);
  const writer = async () => {
    for (let i = left.pop(); i !== undefined; i = left.pop()) {
      const sets = Array.from({ length: keys }, (_, k) => ({
        Verb: "set",
        Key: `many/${i}/${k}`,
        Value: "eA==",
      }));
      const body = JSON.stringify(sets.map((KV) => ({ KV })));
      const { status } = await consul.request("PUT", "/v1/txn", { token, body });
      expect(status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

function ownCertificate() {
  const { "tls.crt": certificate, "tls.key": key } = consul.workloads.secret("consul-tls");
  return { certificate, key };
}

function connects(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}

/** Whether a server answers a call on a connection that begins with this certificate. */
function isHeard({ cert, key }: { cert?: string | undefined; key?: string | undefined }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(8300, consul.members[0]?.pod.address ?? "", () => {
      socket.write(SPEAKS_TLS);
      const secure = tls.connect({
        socket,
        rejectUnauthorized: false,
        ...(cert && key ? { cert, key } : {}),
      });
      const hangUp = (heard: boolean) => () => {
        resolve(heard);
        secure.destroy();
      };
      // A client learns only after the handshake that its certificate was refused.
      secure.on("secureConnect", () => secure.write(PING));
      secure.on("data", hangUp(true));
      secure.on("error", hangUp(false));
      secure.on("close", hangUp(false));
    });
  });
}
