import { testWith } from "../support/tools";
import { asPlatform, credentialOf, published } from "./support/access";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { S3_SERVER } from "./support/s3-server";
import { serve } from "./support/serving";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const RENEW = "/opt/keelson/current/renew.sh";
const LIBRARIES = "export PART=renew; . /opt/keelson/current/lib/load.sh";

describe("the renewal of certificates", () => {
  let lab: Lab;
  let master: Machine;

  /** How long kubeadm makes certificates valid from now on. */
  const validity = (hours: number) =>
    master.run(
      `sed -i 's/^certificateValidityPeriod:.*/certificateValidityPeriod: ${hours}h0m0s/' /var/lib/keelson/kubeadm.yaml`,
    );
  const YEAR = 8760;
  const shorten = async () => {
    await validity(2);
    const made = await master.run(`
      ${LIBRARIES}
      kubeadm certs renew all --config "$KUBEADM_CONFIG" >/dev/null
      rm "$KUBERNETES/kubelet.conf" && kubeadm_phase kubeconfig kubelet`);
    expect(made).toMatchObject({ status: 0 });
    await validity(YEAR);
  };
  const processes = async (): Promise<Readonly<Record<string, string>>> => {
    const { stdout } = await master.run(`${LIBRARIES}; holders`);
    return Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ") as [string, string]),
    );
  };
  /** The files that end within so many days. */
  const ending = async (days: number): Promise<readonly string[]> =>
    (await master.run(`${LIBRARIES}; certificates_ending $((${days} * 86400)) certificates_own`)).stdout
      .split("\n")
      .slice(0, -1);
  const digest = async () => (await master.run(`${LIBRARIES}; certificates_own | xargs sha256sum`)).stdout;
  /** Whether a server shows the certificate that lies on the disk. */
  const shows = async (port: number, file: string): Promise<boolean> => {
    const { stdout } = await master.run(`
      { openssl s_client -connect 127.0.0.1:${port} </dev/null 2>/dev/null || true; } | openssl x509 -noout -serial
      openssl x509 -noout -serial -in /etc/kubernetes/pki/${file}`);
    const [shown, there] = stdout.split("\n");
    return shown !== "" && shown === there;
  };
  const alarm = () =>
    master.exists("/run/keelson/renew/alarm") ? master.read("/run/keelson/renew/alarm").trim() : "";

  /** Runs it to a good end, and gives what it has said. */
  const renew = async (): Promise<string> => {
    const { status, stderr } = await master.run(RENEW);
    if (status !== 0) throw new Error(`renew.sh ended with ${status}: ${stderr}`);
    return stderr;
  };

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master");
    await serve(master, "2h0m0s");
    await validity(YEAR);
  }, 120_000);
  afterAll(() => lab?.stop());

  test("what ends soon is made anew, and all that had the old certificates is started again", async () => {
    const before = await processes();
    expect(Object.keys(before).sort()).toEqual(["etcd", "kube-apiserver", "kubelet"]);
    expect(await ending(90)).toHaveLength(12);
    await renew();
    expect(await ending(300)).toEqual([]);
    const after = await processes();
    for (const name of Object.keys(before)) expect(after[name]).not.toBe(before[name]);
    expect([await shows(6443, "apiserver.crt"), await shows(2379, "etcd/server.crt")]).toEqual([true, true]);
    for (const conf of ["admin", "super-admin", "kubelet"]) {
      const { stdout } = await master.run(
        `kubectl --kubeconfig /etc/kubernetes/${conf}.conf get --raw /readyz`,
      );
      expect([conf, stdout]).toEqual([conf, "ok"]);
    }
    expect(alarm()).toBe("");
    expect(credentialOf(lab).clientKeyData).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
  }, 120_000);

  test("a second run renews and restarts nothing, and makes join credentials", async () => {
    const before = [await processes(), await digest()];
    const { ca, credential } = published(lab);
    await master.run(`${LIBRARIES}; secret_put "$JOIN" <(echo nothing) || true`);
    expect(await renew()).not.toMatch(/renewing|restarting/);
    expect([await processes(), await digest()]).toEqual(before);
    const { stdout } = await master.run(`${LIBRARIES}; secret_get "$JOIN" /root/join && cat /root/join`);
    const [endpoint, ...rest] = stdout.split(" ");
    expect(endpoint).toBe(`${lab.apiName}:6443`);
    expect(rest.join(" ")).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16} sha256:[0-9a-f]{64} \d+\n$/);
    // The authority's certificate stays as it stands; the credential is a new one.
    expect(published(lab)).toMatchObject({
      ca: { type: "String", version: ca.version, value: master.read("/etc/kubernetes/pki/ca.crt") },
      credential: { type: "SecureString", version: credential.version + 1 },
    });
    expect(published(lab).credential.value).not.toBe(credential.value);
  }, 60_000);

  test("the platform's credential lives an hour, fits into a parameter, and lies nowhere on the machine", async () => {
    const { clientKeyData, expirationTimestamp, ...rest } = credentialOf(lab);
    const left = (Date.parse(expirationTimestamp) - Date.now()) / 1000;
    expect([left > 3400, left <= 3600]).toEqual([true, true]);
    expect(Object.keys(rest)).toEqual(["clientCertificateData"]);
    const { value } = published(lab).credential;
    // A standard parameter holds 4,096, and the names in a certificate do not grow with the cluster's.
    expect([value.length < 2048, value.split("\n")]).toEqual([true, [value.trim(), ""]]);
    const [, line = "none"] = clientKeyData.split("\n");
    const { stdout } = await master.run(
      `grep -rlF ${line} /etc /run /tmp /var/lib/keelson 2>/dev/null || true`,
    );
    expect(stdout + (master.journal.includes(line) ? "the journal" : "")).toBe("");
  }, 30_000);

  test("the API server takes it for the administrators' until its end", async () => {
    expect(await asPlatform(master, credentialOf(lab), "create namespace platform")).toMatchObject({
      status: 0,
    });
    const whoami = await asPlatform(master, credentialOf(lab), "auth whoami -o jsonpath={.status.userInfo}");
    expect(JSON.parse(whoami.stdout)).toMatchObject({
      username: "keelson-platform",
      groups: ["keelson:platform", "system:authenticated"],
    });
    await master.run(`${LIBRARIES}; ACCESS_VALIDITY=1s access_credential`);
    const short = credentialOf(lab);
    await new Promise((resolve) =>
      setTimeout(resolve, Date.parse(short.expirationTimestamp) + 1000 - Date.now()),
    );
    expect((await asPlatform(master, short, "get namespaces")).stderr).toMatch(
      /Unauthorized|must be logged in/,
    );
  }, 30_000);

  test("it has no rights any more where somebody has deleted the binding, which is not made again", async () => {
    const { status } = await master.run(`
      ${LIBRARIES}
      kube delete clusterrolebinding keelson:platform
      access_publish`);
    expect(status).toBe(0);
    expect((await asPlatform(master, credentialOf(lab), "get namespaces")).stderr).toContain("forbidden");
  }, 30_000);

  test("what cannot be published is alarmed, and done the next time; all else is done at once", async () => {
    const { ca } = published(lab);
    lab.aws.parameters.delete("/keelson/lab/ca");
    lab.aws.deny("PutParameter");
    expect(await master.run(RENEW)).toMatchObject({ status: 1 });
    expect(alarm()).toBe("renewal-failed");
    expect(master.journal).toContain("the authority's certificate could not be published (denied)");
    expect(master.journal).toContain("the platform's credential could not be made or published (denied)");
    lab.aws.heal();
    expect(await master.run(`${LIBRARIES}; access_publish`)).toMatchObject({ status: 0, stderr: "" });
    expect(published(lab).ca.value).toBe(ca.value);
  }, 60_000);

  test("an API server that is on its way up is waited for", async () => {
    const { status, stderr } = await master.run(`
      ${LIBRARIES}
      kill -KILL "$(holder_pid kube-apiserver)"
      access_publish`);
    expect([status, stderr]).toEqual([0, ""]);
  }, 120_000);

  test("ended between the renewal and the restarts, the next run makes up for them", async () => {
    await shorten();
    const before = await processes();
    master.write(
      "/root/bin/kubeadm",
      '#!/bin/bash\n/usr/local/bin/kubeadm "$@" || exit\ncase "$*" in *"kubeconfig kubelet"*) kill -KILL "$PPID" ;; esac\n',
    );
    await master.run(`chmod 755 /root/bin/kubeadm; PATH=/root/bin:$PATH ${RENEW}`);
    expect(await ending(300)).toEqual([]);
    expect(await processes()).toEqual(before);

    await renew();
    const after = await processes();
    for (const name of Object.keys(before)) expect(after[name]).not.toBe(before[name]);
  }, 120_000);

  test("ended between two restarts, the next run makes up for the second alone", async () => {
    await shorten();
    const before = await processes();
    const running = master.spawn(RENEW);
    await master.waitFor(
      () => /restarting kube-apiserver/.test(running.stderr),
      60,
      "etcd has been restarted",
    );
    await running.kill();
    const between = await processes();
    expect(between["etcd"]).not.toBe(before["etcd"]);
    expect(between["kubelet"]).toBe(before["kubelet"]);
    expect(await renew()).not.toMatch(/renewing|restarting etcd/);
    const after = await processes();
    expect(after["etcd"]).toBe(between["etcd"]);
    for (const name of ["kube-apiserver", "kubelet"]) expect(after[name]).not.toBe(before[name]);
  }, 120_000);

  test("a machine that does not serve renews nothing", async () => {
    await shorten();
    const before = [await processes(), await digest()];
    await master.run("rm /run/keelson/serving");
    expect(await master.run(RENEW)).toMatchObject({ status: 0, stderr: "" });
    expect([await processes(), await digest()]).toEqual(before);
    await master.run(`: >/run/keelson/serving; ${RENEW}`);
    expect(await ending(300)).toEqual([]);
  }, 120_000);

  test("a pod whose master's time ends meanwhile is not brought back", async () => {
    const { stdout } = await master.run(`
      ${LIBRARIES}
      cp "$MANIFESTS/kube-apiserver.yaml" /root/
      rm "$SERVING"
      holder_restart kube-apiserver || echo refused
      ls "$MANIFESTS"
      await 60 "the API server's end" api_is_stopped
      : >"$SERVING"; cp /root/kube-apiserver.yaml "$MANIFESTS/"
      await 60 'the API server' api_is_ready`);
    expect(stdout).toContain("refused\n");
    expect(stdout).not.toContain("kube-apiserver.yaml");
  }, 90_000);

  test("an authority that nears its end is alarmed and left as it is", async () => {
    const { stdout, stderr } = await master.run(`
      cd /etc/kubernetes/pki
      openssl req -x509 -new -key front-proxy-ca.key -subj /CN=front-proxy-ca -days 20 -out front-proxy-ca.crt
      sha256sum front-proxy-ca.crt; ${RENEW}; sha256sum front-proxy-ca.crt`);
    expect(stderr).not.toContain("not done");
    const [before, after] = stdout.trim().split("\n");
    expect(after).toBe(before);
    expect(alarm()).toBe("certificate-near-end");
    expect(master.journal).toMatch(/within 30 days end: \/etc\/kubernetes\/pki\/front-proxy-ca\.crt\n/);
  }, 60_000);
});
