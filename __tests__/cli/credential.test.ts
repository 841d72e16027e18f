import { createServer as createWebServer } from "node:http";
import { createServer } from "node:net";
import * as path from "node:path";
import type { AddressInfo } from "node:net";
import { FakeAws } from "../nodes/support/fake-aws";
import { accessProject, AWS, AZURE, bare, published } from "../support/access-project";
import { Authority, type Pair } from "../support/certificates";
import { type Outcome, type Project, run } from "../support/project";
import { BUILT } from "../support/run";
import { has, testWith } from "../support/tools";

const test = testWith({ openssl: has("openssl") }, "apt-get install openssl");
const ROLE = { AccessKeyId: "ASIATEST", SecretAccessKey: "not a secret", Token: "token" };
const SIGNED_IN = {
  ...{ AWS_ACCESS_KEY_ID: ROLE.AccessKeyId, AWS_SECRET_ACCESS_KEY: ROLE.SecretAccessKey },
  AWS_SESSION_TOKEN: ROLE.Token,
};

const NOBODY = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
};

describe("keelson credential, on AWS (simulated)", () => {
  let aws: FakeAws;
  let authority: Authority;
  let client: Pair;
  let project: Project;
  const silent = createServer();
  const silentUrl = () => `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  let unanswered: readonly Promise<readonly [Outcome, number]>[] = [];

  const credential = (environment = "prod", env: NodeJS.ProcessEnv = {}, cwd = project.path()) =>
    bare(["credential", environment], cwd, { ...SIGNED_IN, AWS_ENDPOINT_URL_SSM: aws.url, ...env });
  const publish = (value: string) =>
    aws.parameters.set(AWS.credential, { value, type: "SecureString", key: undefined, version: 1 });
  /** One line on stderr, and nothing else. */
  const fails = async (outcome: Promise<Outcome>, why: RegExp) => {
    const { code, stdout, stderr } = await outcome;
    expect([code, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
    expect(stderr).toMatch(/^keelson: \S/);
    expect(stderr).toMatch(why);
    expect(stderr).not.toContain("PRIVATE");
  };

  beforeAll(async () => {
    aws = await FakeAws.start(ROLE);
    authority = new Authority();
    client = authority.issue("client");
    project = accessProject({ prod: AWS, "prod-store": undefined, west: AZURE });
    // It waits most of the time: the others go on meanwhile.
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    project.write("aws", "[default]\ncredential_process = sleep 30\n");
    unanswered = [
      { AWS_ENDPOINT_URL_SSM: silentUrl() },
      { ...NOBODY, AWS_CONFIG_FILE: project.path("aws") },
    ].map(async (env) => {
      const started = Date.now();
      return [await credential("prod", env), Date.now() - started] as const;
    });
  });
  beforeEach(() => {
    aws.heal();
    publish(published(client));
  });
  afterAll(async () => {
    await aws.stop();
    silent.close();
    authority.remove();
    project.remove();
  });

  test("prints what kubectl takes, from anywhere in the project", async () => {
    project.write("cdktf.out/stacks/prod-platform/cdk.tf.json", {});
    const { code, stdout, stderr } = await credential(
      "prod",
      {},
      project.path("cdktf.out/stacks/prod-platform"),
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      ...{ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", spec: {} },
      status: {
        ...{ clientCertificateData: client.cert, clientKeyData: client.key },
        expirationTimestamp: expect.stringMatching(/^2\d{3}-.*Z$/) as string,
      },
    });
  });

  test("refuses a version that it does not speak", async () => {
    const KUBERNETES_EXEC_INFO = '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}';
    await fails(
      credential("prod", { KUBERNETES_EXEC_INFO }),
      /asks for \S+\/v1alpha1, and there are \S+\/v1 and/,
    );
  });

  test("names the environments that there are for one that there is not", async () => {
    await fails(credential("prod-store"), /no environment "prod-store" in \S+, but prod, west$/m);
  });

  test("says what to run where nothing is synthesized, and where there is no project", async () => {
    const empty = accessProject({});
    await fails(
      credential("prod", {}, empty.path()),
      /nothing is synthesized in \S+cdktf\.out: run 'cdktf synth'/,
    );
    await fails(credential("prod", {}, "/"), /no cdktf\.json in \/ or above it/);
    empty.remove();
  });

  test("says what to run where another version has synthesized", async () => {
    const old = accessProject({ prod: undefined, west: { ...AZURE, vault: "${azurerm_key_vault.v.uri}" } });
    await fails(
      credential("west", {}, old.path()),
      /output 'access' of \S+west has another shape: run 'cdktf synth'/,
    );
    old.remove();
  });

  test("says in one line what is half written", async () => {
    const half = accessProject({});
    half.write("cdktf.out/stacks/prod/cdk.tf.json", '{"output":\n {"access": x\n\n {"value":\n {');
    await fails(
      credential("prod", {}, half.path()),
      /prod\/cdk\.tf\.json is not JSON: .*; is 'cdktf synth' running, or was it cut short\?$/m,
    );
    half.write("cdktf.json", "null");
    await fails(credential("prod", {}, half.path()), /\/cdktf\.json is no object in JSON$/m);
    half.write("cdktf.json", { output: 5 });
    await fails(credential("prod", {}, half.path()), /'output' in \S+\/cdktf\.json is no path$/m);
    half.remove();
  });

  test("says in one line that nobody takes what it prints", async () => {
    const program = `"${process.execPath}" "${path.join(BUILT, "bin/keelson.js")}" credential prod`;
    const env = { ...SIGNED_IN, AWS_ENDPOINT_URL_SSM: aws.url };
    await fails(
      run("sh", ["-c", `${program} >/dev/full`], project.path(), env),
      /the standard output does not take it \(ENOSPC\)/,
    );
    await fails(
      // The reader has gone before anything is written.
      run("bash", ["-c", `set -o pipefail; { sleep 0.1; ${program}; } | exec 0<&-`], project.path(), env),
      /the standard output does not take it \(EPIPE\)/,
    );
  });

  test("shows nothing of what answers in place of the cloud", async () => {
    const portal = createWebServer((_, response) => response.end("<html>what is secret</html>"));
    await new Promise<void>((resolve) => portal.listen(0, "127.0.0.1", resolve));
    const AWS_ENDPOINT_URL_SSM = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    await fails(
      credential("prod", { AWS_ENDPOINT_URL_SSM }),
      /something else answers for Systems Manager of us-east-1, such as a proxy's page$/m,
    );
    portal.close();
  });

  test("fails without credentials for the cloud, and with such as it does not take", async () => {
    await fails(credential("prod", NOBODY), /there are no credentials for AWS: sign in/);
    await fails(credential("prod", { AWS_SESSION_TOKEN: "old" }), /AWS does not take your credentials/);
  });

  test("fails without rights", async () => {
    aws.deny("GetParameter");
    await fails(credential(), /AWS denies \/keelson\/acme-prod\/credential to you.*docs\/access\.md/);
  });

  test("fails without a network", async () => {
    const AWS_ENDPOINT_URL_SSM = "http://127.0.0.1:1";
    await fails(
      credential("prod", { AWS_ENDPOINT_URL_SSM }),
      /no answer from Systems Manager of us-east-1: .*ECONNREFUSED/,
    );
  });

  test("fails while the cluster boots, as while it is not there at all", async () => {
    aws.parameters.clear();
    await fails(
      credential(),
      /the master of prod has published no credential yet \(\/keelson\/acme-prod\/credential in/,
    );
  });

  test("fails where no master has renewed it, and says since when", async () => {
    publish(published(client, -720));
    await fails(credential(), /the credential of prod ended 2\S+Z, 12 minutes ago .*: no master renews it/);
  });

  test("fails where the certificate itself has ended, whatever is said of it", async () => {
    publish(published(authority.end("client")));
    await fails(
      credential(),
      /the credential of prod ended 2\S+Z, 24 hours ago .*, or this machine's clock is fast/,
    );
  });

  test("fails with what is no credential, and shows none of it", async () => {
    for (const value of [
      published(client).slice(0, -40),
      published({ ...client, key: authority.issue("other").key }),
    ]) {
      publish(value);
      await fails(credential(), /nobody can make sense of the credential of prod/);
    }
  });

  test("fails where the cloud does not answer, or what signs in, within twenty seconds", async () => {
    for (const [outcome, took] of await Promise.all(unanswered)) {
      await fails(Promise.resolve(outcome), /no answer from Systems Manager of us-east-1/);
      expect(took).toBeLessThan(20_000);
    }
  });
});
