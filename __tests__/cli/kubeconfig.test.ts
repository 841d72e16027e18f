import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { kubeconfigText, ownFile, writeWhole } from "../../lib/cli/access/kubeconfig-file";
import { FakeAws } from "../nodes/support/fake-aws";
import { accessProject, AWS, bare, bareStart, published } from "../support/access-project";
import { Authority, type Pair } from "../support/certificates";
import type { Project } from "../support/project";
import { has, testWith } from "../support/tools";

const test = testWith({ openssl: has("openssl") }, "apt-get install openssl");
/** For an API server that has no end of things to say. */
const ENDLESS = 1;
const ROLE = { AccessKeyId: "ASIATEST", SecretAccessKey: "not a secret", Token: "token" };

describe("keelson kubeconfig, on AWS (simulated)", () => {
  let aws: FakeAws;
  let authority: Authority;
  let client: Pair;
  let project: Project;
  let server: https.Server;
  /** What the API server says of itself. */
  let ready = 200;
  let url: string;

  const env = () => ({
    ...{ AWS_ACCESS_KEY_ID: ROLE.AccessKeyId, AWS_SECRET_ACCESS_KEY: ROLE.SecretAccessKey },
    ...{ AWS_SESSION_TOKEN: ROLE.Token, AWS_ENDPOINT_URL_SSM: aws.url },
  });
  const kubeconfig = (...args: readonly string[]) => bare(["kubeconfig", ...args], project.path(), env());
  const put = (name: string, value: string) =>
    aws.parameters.set(name, { value, type: "String", key: undefined, version: 1 });
  const file = (name = "prod.kubeconfig") => project.path(name);

  beforeAll(async () => {
    aws = await FakeAws.start(ROLE);
    authority = new Authority();
    client = authority.issue("client");
    // Asks for a client's certificate as a real one does, and knows nobody without.
    const options = { ...authority.issue("server", "IP:127.0.0.1"), ca: authority.cert };
    server = https.createServer(
      { ...options, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        if (ready === ENDLESS) {
          response.writeHead(500);
          const more = () => {
            while (response.write("more ".repeat(10_000)));
          };
          more();
          response.on("drain", more);
          return;
        }
        const isKnown = (request.socket as TLSSocket).authorized && request.url === "/readyz";
        response.writeHead(isKnown ? ready : 401).end(ready === 200 ? "ok" : "[-]etcd failed\n");
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const open = { ...AWS, publicEndpoint: url };
    project = accessProject({ prod: open, inside: { ...AWS, endpoint: url }, down: AWS });
  });
  beforeEach(() => {
    ready = 200;
    put(AWS.ca, authority.cert);
    put(AWS.credential, published(client));
    const old = { environment: "prod", server: "https://old", ca: "old", project: "/old" };
    writeFileSync(file(), kubeconfigText(old), { mode: 0o644 });
  });
  afterAll(async () => {
    await aws.stop();
    server.close();
    authority.remove();
    project.remove();
  });

  test("writes a file of its own for the public endpoint, that asks keelson for the credential and has no key, over what it wrote before", async () => {
    const { code, stdout, stderr } = await kubeconfig("prod", "--json");
    expect([code, stderr]).toEqual([0, `keelson: prod is ready; export KUBECONFIG=${file()}\n`]);
    expect(JSON.parse(stdout)).toEqual({
      environment: "prod",
      context: "prod",
      server: url,
      kubeconfig: file(),
    });
    const text = readFileSync(file(), "utf8");
    expect(text).toContain(`server: "${url}"\n`);
    expect(text).toContain(
      `certificate-authority-data: "${Buffer.from(authority.cert).toString("base64")}"\n`,
    );
    expect(text).toContain(
      `- "credential"\n          - "prod"\n          - "--project"\n          - "${project.path()}"\n`,
    );
    expect(text).not.toMatch(/PRIVATE|client-(certificate|key)/);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("waits until the cluster has booted, and says what for", async () => {
    ready = 500;
    aws.parameters.clear();
    const running = bareStart(["kubeconfig", "inside", "--out", "-"], project.path(), env());
    await running.says(/waiting, \d+ s: the master of inside has not published its authority yet/);
    put(AWS.ca, authority.cert);
    put(AWS.credential, published(client, -60));
    await running.says(/waiting, \d+ s: the credential of inside ended/);
    put(AWS.credential, published(client));
    await running.says(/waiting, \d+ s: \S+ is not ready: 500 \[-\]etcd failed/);
    ready = 200;
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# Written by 'keelson kubeconfig'[^]*kind: Config\n/);
  });

  test("gives up when the time is over, with the reason, and leaves the file of before", async () => {
    const before = readFileSync(file(), "utf8");
    const other = new Authority();
    put(AWS.ca, other.cert);
    other.remove();
    const { code, stdout, stderr } = await kubeconfig("prod", "--timeout", "1");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /given up after 1 s: \S+ does not answer as this cluster's API server: .*certificate/,
    );
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  test("leaves a file alone that others have written", async () => {
    writeFileSync(file("config"), "apiVersion: v1\n");
    const { code, stderr } = await kubeconfig("prod", "--out", "config");
    expect([code, stderr]).toEqual([
      1,
      `keelson: ${file("config")} is there, and keelson has not written it: name another file with --out\n`,
    ]);
    expect(readFileSync(file("config"), "utf8")).toBe("apiVersion: v1\n");
  });

  test("takes a name for what no file is for no file, and waits for none", () => {
    mkdirSync(file("folder"));
    spawnSync("mkfifo", [file("pipe")]);
    for (const name of [file("folder"), file("pipe"), "/dev/full", "/dev/null", ""]) {
      expect(() => ownFile(name)).toThrow(/ is no file: name one with --out$/);
    }
    symlinkSync("nowhere/at-all", file("dangling"));
    for (const name of [file("dangling"), file("none/at-all")]) {
      expect(() => ownFile(name)).toThrow(/ cannot be written \(ENOENT\)$/);
    }
    expect(lstatSync(file("dangling")).isSymbolicLink()).toBe(true);
  });

  test("a link to what it wrote stays one", () => {
    symlinkSync("prod.kubeconfig", file("link"));
    writeWhole(ownFile(file("link")), "new");
    expect(lstatSync(file("link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(file(), "utf8")).toBe("new");
  });

  test("hears no more of an API server than one reads", async () => {
    ready = ENDLESS;
    const started = Date.now();
    const { code, stderr } = await kubeconfig("prod", "--timeout", "0");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ is not ready: 500 more more .*…\n$/)]);
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  test.each(["https://ann:secret@127.0.0.1:6443", "https://a b"])("no API answers at %s", async (address) => {
    const { code, stderr } = await kubeconfig("prod", "--timeout", "0", "--endpoint", address);
    expect([code, stderr]).toEqual([1, expect.stringContaining('"public", "internal" or such as')]);
  });

  test("takes the address of a forwarded port, and nothing that is no address", async () => {
    const { code, stdout } = await kubeconfig("down", "--out", "-", "--endpoint", `${url}/`);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`server: "${url}"\n`)]);
    const { stderr } = await kubeconfig("down", "--endpoint", "localhost");
    expect(stderr).toContain('"public", "internal" or such as');
  });

  test("has no public endpoint of a cluster that has none", async () => {
    const { code, stderr } = await kubeconfig("inside", "--endpoint", "public");
    expect([code, stderr]).toEqual([1, expect.stringContaining("does not answer outside its network")]);
  });

  test("interrupted, it leaves nothing behind", async () => {
    aws.parameters.clear();
    const running = bareStart(["kubeconfig", "prod", "--out", "new"], project.path(), env());
    await running.says(/waiting/);
    running.interrupt();
    expect(await running.ended).toMatchObject({ signal: "SIGINT", stdout: "" });
    expect(existsSync(file("new"))).toBe(false);
  });
});
