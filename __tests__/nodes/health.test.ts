import { has, testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { S3_SERVER } from "./support/s3-server";
import { serve } from "./support/serving";

const needs = {
  ...MACHINE_NEEDS,
  MinIO: S3_SERVER !== undefined,
  "systemd-socket-activate": has("systemd-socket-activate"),
};
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux with systemd");
const possible = Object.values(needs).every(Boolean);

/** Its disk, which has to be small enough to be filled. */
const DISK_MIB = 900;
const WELL = { status: "ok", etcd: "ok", api: "ok", write: "ok", disk: "ok", epoch: 3, alarms: {} };

describe("the health endpoint", () => {
  let lab: Lab;
  let master: Machine;

  /** Asks when no answer of before is fresh any more. */
  const ask = async () => {
    await master.run("rm -f /run/keelson/health/answer");
    return askAgain();
  };
  const askAgain = async () => {
    const { stdout } = await master.run(
      "curl --silent --max-time 9 --write-out '%{http_code}' 127.0.0.1:10270/healthz",
    );
    const [body = "", code = ""] = stdout.split("\n");
    return { code: Number(code), body: JSON.parse(body) as Record<string, unknown> };
  };
  /** Sends anything, printed by a command, and gives the first line of what comes back. */
  const raw = async (command: string): Promise<string> => {
    const { stdout } = await master.run(
      `{ ${command}; } 2>/dev/null | timeout 8 socat -t 8 - TCP:127.0.0.1:10270 || true`,
    );
    return stdout.split("\r\n")[0] ?? "";
  };
  const writes = async (): Promise<number> => {
    const { stdout } = await master.run(`
      . /opt/keelson/current/lib/load.sh
      etcd_ctl get /registry/leases/kube-system/keelson-health -w json`);
    return Number(/"version":(\d+)/.exec(stdout)?.[1]);
  };
  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master", { diskMiB: DISK_MIB });
    await serve(master);
    const unit = "set -a; . /etc/keelson/environment; exec /opt/keelson/current/health.sh";
    master.spawn(`exec systemd-socket-activate --listen=127.0.0.1:10270 --accept --inetd bash -c '${unit}'`);
    await master.waitFor(
      async () => (await master.run("ss -Hltn | grep 127.0.0.1:10270")).status === 0,
      10,
      "systemd's socket",
    );
  }, 120_000);
  afterAll(() => lab?.stop());

  test("a master that is well has written something, and says so", async () => {
    const { code, body } = await ask();
    expect({ code, body }).toEqual({ code: 200, body: { ...WELL, snapshotSeconds: expect.any(Number) } });
    const before = await writes();
    await ask();
    expect(await writes()).toBe(before + 1);
  });

  test("an API server that hangs fails it, in some two seconds", async () => {
    await master.run("pkill -STOP -x kube-apiserver");
    const start = Date.now();
    const { code, body } = await ask();
    expect(Date.now() - start).toBeLessThan(4000);
    await master.run("pkill -CONT -x kube-apiserver");
    expect({ code, body }).toMatchObject({
      code: 503,
      body: { status: "failing", etcd: "ok", api: "timeout", write: "timeout", disk: "ok" },
    });
    await master.waitFor(async () => (await ask()).code === 200, 20, "well again");
  }, 60_000);

  test("without etcd it fails, while the API server's process lives", async () => {
    await master.run(`
      mv /etc/kubernetes/manifests/etcd.yaml /root/
      while pgrep -x etcd; do sleep 0.1; done`);
    const { code, body } = await ask();
    expect((await master.run("pgrep -x kube-apiserver")).status).toBe(0);
    await master.run("mv /root/etcd.yaml /etc/kubernetes/manifests/");
    expect({ code, body }).toMatchObject({
      code: 503,
      body: { status: "failing", etcd: "no answer", disk: "ok" },
    });
    expect(body["write"]).not.toBe("ok");
    await master.waitFor(async () => (await ask()).code === 200, 60, "well again");
  }, 90_000);

  test("a disk that is nearly full fails it, before etcd does", async () => {
    await master.run(`
      free=$(df --output=avail -B1M /var/lib/etcd | tail -n 1)
      fallocate --length $((free - 200))M /root/filling`);
    const { code, body } = await ask();
    await master.run("rm /root/filling");
    expect({ code, body }).toMatchObject({
      code: 503,
      body: { ...WELL, status: "failing", disk: expect.stringMatching(/^\d+ MiB free$/) },
    });
    expect((await ask()).code).toBe(200);
  });

  test("old snapshots, alarms and a store that is down are told and fail nothing", async () => {
    master.cutOff();
    await master.run(`
      echo "17 $(($(date +%s) - 100000))" >/var/lib/keelson/backup
      mkdir -p /run/keelson/backup && echo backup-late >/run/keelson/backup/alarm`);
    const { code, body } = await ask();
    master.reconnect();
    await master.run("rm /run/keelson/backup/alarm");
    expect({ code, body }).toMatchObject({ code: 200, body: { ...WELL, alarms: { backup: "backup-late" } } });
    expect(body["snapshotSeconds"]).toBeGreaterThanOrEqual(100_000);
  });

  test("a master that does not serve is booting, whatever an answer of before says", async () => {
    expect((await ask()).code).toBe(200);
    await master.run("rm /run/keelson/serving; echo store-gone >/run/keelson/boot/alarm");
    expect(await askAgain()).toMatchObject({
      code: 503,
      body: { status: "booting", alarms: { boot: "store-gone" } },
    });
    await master.run(": >/run/keelson/serving; rm /run/keelson/boot/alarm");
    expect((await askAgain()).code).toBe(200);
  });

  test("thirty callers at once cost one check in five seconds", async () => {
    const before = await writes();
    const start = Date.now();
    const { stdout } = await master.run(`
      rm -f /run/keelson/health/answer
      for i in {1..30}; do
        curl --silent --max-time 60 --output /dev/null --write-out '%{http_code}\n' 127.0.0.1:10270/healthz &
      done
      wait`);
    expect(stdout).toBe("200\n".repeat(30));
    expect((await writes()) - before).toBeLessThanOrEqual(Math.ceil((Date.now() - start) / 5000));
  }, 90_000);

  test("an answer is given again for five seconds", async () => {
    await ask();
    const before = await writes();
    await askAgain();
    expect(await writes()).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 5500));
    await askAgain();
    expect(await writes()).toBe(before + 1);
  }, 30_000);

  test.each([
    ["GET", "printf 'GET /healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'", "200 OK"],
    ["a line feed alone", "printf 'GET /healthz HTTP/1.0\\n\\n'", "200 OK"],
    ["HEAD", "printf 'HEAD /healthz HTTP/1.1\\r\\n\\r\\n'", "200 OK"],
    ["a query", "printf 'GET /healthz?full HTTP/1.1\\r\\n\\r\\n'", "200 OK"],
    [
      "POST",
      "printf 'POST /healthz HTTP/1.1\\r\\nContent-Length: 3\\r\\n\\r\\nabc'",
      "405 Method Not Allowed",
    ],
    ["another path", "printf 'GET /../etc/passwd HTTP/1.1\\r\\n\\r\\n'", "404 Not Found"],
    ["a proxy's request", "printf 'GET http://a/healthz HTTP/1.1\\r\\n\\r\\n'", "400 Bad Request"],
    ["HTTP/2", "printf 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n'", "400 Bad Request"],
    ["a command", "printf 'GET /$(touch /root/x) HTTP/1.1\\r\\n\\r\\n'", "400 Bad Request"],
    ["bytes", "head -c 3000 /dev/urandom", "400 Bad Request"],
    ["zeros", "head -c 100000 /dev/zero", "400 Bad Request"],
    ["TLS", "printf '\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\n\\n'", "400 Bad Request"],
    ["half a request", "printf 'GET /healthz HTTP/1.1\\r\\nHost: '", "400 Bad Request"],
    ["nothing", ":", "400 Bad Request"],
    ["a line without end", "yes | tr -d '\\n'", "400 Bad Request"],
    ["headers without end", "printf 'GET /healthz HTTP/1.1\\r\\n'; yes 'A: b'", "400 Bad Request"],
    ["silence", "sleep 4", "408 Request Timeout"],
    ["a byte now and then", "while sleep 0.5; do printf G; done", "408 Request Timeout"],
  ])(
    "%s is answered as it deserves",
    async (_, command, answer) => {
      expect(await raw(command)).toBe(`HTTP/1.1 ${answer}`);
      expect(master.exists("/root/x")).toBe(false);
    },
    30_000,
  );

  test("who says nothing holds no place for longer than some two seconds", async () => {
    const { stdout } = await master.run(`
      start=$EPOCHREALTIME
      exec 3<>/dev/tcp/127.0.0.1/10270
      read -r -t 9 -u 3 line
      echo $((${"$"}{EPOCHREALTIME/./} - ${"$"}{start/./})) "$line"`);
    const [micros, , code] = stdout.split(" ");
    expect(code).toBe("408");
    expect(Number(micros)).toBeGreaterThan(1_900_000);
    expect(Number(micros)).toBeLessThan(4_000_000);
  }, 30_000);

  test("HEAD has the headers of GET and no body", async () => {
    const { stdout } = await master.run("curl --silent --head 127.0.0.1:10270/healthz");
    expect(stdout).toMatch(
      /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/json\r\nContent-Length: \d+\r\n/,
    );
    expect(stdout.endsWith("\r\n\r\n")).toBe(true);
  });
});
