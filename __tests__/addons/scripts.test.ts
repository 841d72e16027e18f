import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { checksum, podScripts, verbatim } from "../../lib/addons/document";
import { Secrets } from "../../lib/cli/preview/model/secrets";
import { run } from "../support/project";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const POD = path.join(ROOT, "scripts/pod");
const scripts = readdirSync(POD);
const runnable = scripts.filter((name) => readFileSync(path.join(POD, name), "utf8").startsWith("#!"));
const withShellcheck = testWith({ shellcheck: has("shellcheck") }, "apt-get install shellcheck");
const withJq = testWith({ jq: has("jq"), curl: has("curl") }, "apt-get install jq curl");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "keelson-pod-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const file = (name: string) => path.join(directory, name);
const program = (name: string, text: string) => {
  writeFileSync(file(name), `#!/bin/sh\n${text}\n`);
  chmodSync(file(name), 0o755);
};
const PATH = () => `${directory}:${process.env["PATH"] ?? ""}`;

withShellcheck("the scripts of pods, and what operators run for them, are clean under shellcheck", () => {
  const files = [...scripts.map((name) => path.join(POD, name)), path.join(ROOT, "scripts/ops/vault-init")];
  const { stdout, status } = spawnSync("shellcheck", ["-x", "-P", "SCRIPTDIR", ...files], {
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([0, ""]);
});

test.each(runnable)("%s names what it was not given, and does nothing", (name) => {
  const { status, stderr } = spawnSync("sh", [path.join(POD, name)], {
    encoding: "utf8",
    env: { PATH: PATH() },
  });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/: \d+: [A-Z_]+: parameter not set/)]);
});

test("a script reaches Terraform with nothing in it that would begin an expression", () => {
  const documents = { "one.sh": 'echo "${NAME:?}" %{http_code} $HOME $$' };
  expect(verbatim(documents)).toEqual({ "one.sh": 'echo "$${NAME:?}" %%{http_code} $HOME $$' });
  const [text = ""] = Object.values(verbatim(podScripts("kubernetes.sh")));
  expect(text).toContain("'%%{http_code}'");
});

test("the checksum of documents is of their names and bytes, in whatever order", () => {
  expect(checksum({ a: "1", b: "2" })).toBe(checksum({ b: "2", a: "1" }));
  expect(checksum({ a: "1", b: "2" })).not.toBe(checksum({ a: "1b2" }));
});

test.each(Array.from({ length: 50 }, (_, i) => checksum({ a: String(i) })))(
  "previews show the checksum %s",
  (sum) => {
    expect(new Secrets().mask(JSON.stringify(sum))).toBe(`"${sum}"`);
  },
);

describe("vault-watch.sh", () => {
  /** Runs it beside a process that counts its SIGHUPs; `pidof` finds that one, and no Vault of somebody else's. */
  async function beside(settings: Record<string, string>, act: (hangUps: () => number) => Promise<void>) {
    writeFileSync(file("tls.crt"), "one");
    const server = spawn("sh", ["-c", `trap 'echo hup >>${file("hups")}' HUP; while :; do sleep 0.05; done`]);
    program("pidof", `echo ${server.pid ?? 0}`);
    const env = {
      PATH: PATH(),
      CERTIFICATE: file("tls.crt"),
      AUDIT_LOG: file("audit.log"),
      MOST_MIB: "1",
      KEPT: "2",
    };
    const watch = spawn("sh", [path.join(POD, "vault-watch.sh")], {
      env: { ...env, INTERVAL: "0.1", ...settings },
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => watch.on("close", resolve));
    try {
      await pause(400);
      await act(() =>
        readdirSync(directory).includes("hups") ? readFileSync(file("hups"), "utf8").length / 4 : 0,
      );
    } finally {
      watch.kill("SIGTERM");
      server.kill("SIGKILL");
    }
    expect(await ended).toBe(0);
  }

  test("tells the server of a new certificate, once", () =>
    beside({}, async (hangUps) => {
      expect(hangUps()).toBe(0);
      writeFileSync(file("tls.crt"), "two");
      await until(() => hangUps() > 0);
      await pause(500);
      expect(hangUps()).toBe(1);
    }));

  test("moves a long audit log aside, tells the server, and keeps as many as it may", () =>
    beside({}, async (hangUps) => {
      const old = ["20200101T000000Z", "20210101T000000Z"].map((time) => `audit.log.${time}`);
      for (const name of old) writeFileSync(file(name), "");
      writeFileSync(file("audit.log"), Buffer.alloc(1024 * 1024));
      await until(() => hangUps() > 0 && !readdirSync(directory).includes(old[0] ?? ""));
      const logs = readdirSync(directory).filter((name) => name.startsWith("audit.log"));
      expect(logs).toEqual([old[1], expect.stringMatching(/^audit\.log\.20[2-9]\d{5}T\d{6}Z$/)]);
    }));
});

describe("consul-snapshot.sh", () => {
  let server: Server;
  let url: string;
  let asked: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];
  let answer = 200;
  let leader = "";

  /** Stands in for the metadata service of a machine, for the store, and for who says which server leads; live tests have the real Consul, and no store. */
  beforeEach(async () => {
    asked = [];
    answer = 200;
    leader = "10.1.2.3:8300";
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url: at = "", headers } = request;
        asked.push({ method, url: at, headers, body: Buffer.concat(chunks).toString() });
        if (at.startsWith("/store/")) response.writeHead(answer).end("why");
        else if (at === "/v1/status/leader") response.end(JSON.stringify(leader));
        else if (at.endsWith("/api/token")) response.end("session");
        else if (at.endsWith("/security-credentials/")) response.end("role");
        else if (at.endsWith("/role"))
          response.end('{"AccessKeyId":"AKIA","SecretAccessKey":"very/secret","Token":"of-session"}');
        else response.end('{"access_token":"bearer"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    program(
      "consul",
      'case $2 in save) printf snapshot >"$3" ;; inspect) echo \'{"Meta": {"Index": 42}}\' ;; esac',
    );
    // Writes down each of curl's arguments, which anybody on the machine could list.
    program("curl", `printf '%s\\n' "$@" >>${file("arguments")}\nexec ${which("curl")} "$@"`);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const take = (cloud: string) =>
    run("sh", [path.join(POD, "consul-snapshot.sh")], directory, {
      PATH: PATH(),
      ...{
        CLOUD: cloud,
        AWS_REGION: "us-east-1",
        STORE_URL: `${url}/store`,
        DATACENTER: "prod",
        METADATA: url,
      },
      ...{ CONSUL_HTTP_ADDR: url, CONSUL_CACERT: "ca.crt", CONSUL_HTTP_TOKEN_FILE: "token" },
    });
  const put = () => asked.find(({ method, url: at }) => method === "PUT" && at.startsWith("/store/"));

  withJq("puts a snapshot into S3 under its time and index, never over another one", async () => {
    const { code, stderr } = await take("aws");
    expect([code, stderr]).toEqual([0, expect.stringContaining("is kept: 8 bytes, sha256 ")]);
    expect(put()).toMatchObject({
      url: expect.stringMatching(/^\/store\/addons\/consul\/prod\/20\d{6}T\d{6}Z-42\.snap$/) as string,
      body: "snapshot",
      headers: {
        "if-none-match": "*",
        "x-amz-security-token": "of-session",
        "x-amz-checksum-sha256": expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string,
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/us-east-1\/s3\//,
        ) as string,
      },
    });
    const role = asked.find(({ url: at }) => at.endsWith("/role"));
    expect(role?.headers["x-aws-ec2-metadata-token"]).toBe("session");
  });

  withJq("puts one into a container of Azure's, by the machine's token", async () => {
    expect(await take("azure")).toMatchObject({ code: 0 });
    expect(put()?.headers).toMatchObject({
      "if-none-match": "*",
      authorization: "Bearer bearer",
      "x-ms-blob-type": "BlockBlob",
      "x-ms-version": expect.any(String) as string,
    });
  });

  withJq.each(["aws", "azure"])(
    "has no credential of %s in an argument or in what it says",
    async (cloud) => {
      const { stdout, stderr } = await take(cloud);
      const seen = readFileSync(file("arguments"), "utf8") + stdout + stderr;
      expect(seen).toContain("--upload-file");
      expect(seen).not.toMatch(/very\/secret|of-session|bearer|: session/);
    },
  );

  withJq.each([412, 403, 500])("fails where the store answers %d, and says so", async (code) => {
    answer = code;
    expect(await take("aws")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`could not be kept: ${code} why`) as string,
    });
  });

  withJq("takes it from the server that leads, under the name that all have", async () => {
    program("consul", `echo "$CONSUL_HTTP_ADDR $CONSUL_TLS_SERVER_NAME" >${file("from")}; exit 1`);
    await take("aws");
    const { hostname, port } = new URL(url);
    expect(readFileSync(file("from"), "utf8")).toBe(`https://10.1.2.3:${port} ${hostname}\n`);
  });

  withJq("fails where nobody leads", async () => {
    leader = "";
    const { code, stderr } = await take("aws");
    expect([code, stderr]).toEqual([1, "consul-snapshot: Consul does not say who leads\n"]);
    expect(put()).toBeUndefined();
  });

  withJq("keeps nothing that Consul itself cannot read", async () => {
    program("consul", 'case $2 in save) printf x >"$3" ;; inspect) echo damaged >&2; exit 1 ;; esac');
    expect(await take("aws")).toMatchObject({ code: 1 });
    expect(put()).toBeUndefined();
  });
});

const which = (name: string) =>
  spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i++) await pause(50);
  expect(holds()).toBe(true);
}
