import { chmodSync } from "node:fs";
import path from "node:path";
import { FakeAzure } from "../nodes/support/fake-azure";
import { fakeToken } from "../nodes/support/fake-token";
import { accessProject, AZURE, bare, published } from "../support/access-project";
import { Authority, type Pair } from "../support/certificates";
import type { Project } from "../support/project";
import { has, testWith } from "../support/tools";
import { VaultFront } from "../support/vault-front";

const test = testWith({ openssl: has("openssl") }, "apt-get install openssl");

describe("keelson credential, on Azure (simulated)", () => {
  let azure: FakeAzure;
  let front: VaultFront;
  let authority: Authority;
  let client: Pair;
  let project: Project;

  const credential = (env: NodeJS.ProcessEnv = {}) =>
    bare(["credential", "prod"], project.path(), {
      ...{ HTTPS_PROXY: front.url, NODE_EXTRA_CA_CERTS: authority.file },
      PATH: `${project.path("bin")}:${process.env["PATH"] ?? ""}`,
      ...env,
    });
  const fails = async (env: NodeJS.ProcessEnv, why: RegExp) => {
    const { code, stdout, stderr } = await credential(env);
    expect([code, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
    expect(stderr).toMatch(why);
  };

  beforeAll(async () => {
    azure = await FakeAzure.start();
    authority = new Authority();
    client = authority.issue("client");
    front = await VaultFront.start(azure, authority.issue("vault", "DNS:*.vault.azure.net"));
    project = accessProject({ prod: AZURE });
    // Stands in for Azure's command line, with somebody who has signed in.
    const token = {
      accessToken: fakeToken("https://vault.azure.net"),
      expires_on: Math.floor(Date.now() / 1000) + 3600,
    };
    project.write("bin/az", `#!/bin/sh\necho '${JSON.stringify({ ...token, tokenType: "Bearer" })}'\n`);
    chmodSync(project.path("bin/az"), 0o755);
  });
  beforeEach(() => {
    azure.heal();
    front.instead = undefined;
    azure.secrets.set(AZURE.credential, { value: published(client), softDeleted: false, versions: 1 });
  });
  afterAll(async () => {
    front.stop();
    await azure.stop();
    authority.remove();
    project.remove();
  });

  test("prints what lies in the cluster's own vault, with the credentials of whoever has signed in, in the version that is asked for", async () => {
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    const { code, stdout, stderr } = await credential({ KUBERNETES_EXEC_INFO: JSON.stringify(info) });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ kind: "ExecCredential", apiVersion },
      status: { clientKeyData: client.key },
    });
    expect(new Set(front.hosts)).toEqual(new Set([`${new URL(AZURE.vault).host}:443`]));
  });

  test("fails without credentials for the cloud", () =>
    fails(
      { PATH: path.dirname(process.execPath) },
      /there are no credentials for Azure: sign in with 'az login'/,
    ));

  test("fails without rights", async () => {
    azure.deny("secrets/get");
    await fails({}, /acme-prod\.vault\.azure\.net denies the secret credential to you: .*docs\/access\.md/);
  });

  test("fails without a network", () =>
    fails(
      { HTTPS_PROXY: "http://127.0.0.1:1" },
      /no answer from acme-prod\.vault\.azure\.net: .*ECONNREFUSED/,
    ));

  test("fails while the cluster boots, as while its secret is deleted", async () => {
    azure.secrets.set(AZURE.credential, { value: "gone", softDeleted: true, versions: 1 });
    await fails({}, /the master of prod has published no credential yet \(credential in acme-prod\.vault/);
  });

  test("shows nothing of an answer that nobody can read: it may be half of a secret", async () => {
    front.instead = '{"value":"{\\"clientKeyData\\":\\"what is secret';
    await fails({}, /something else answers for acme-prod\.vault\.azure\.net, such as a proxy's page$/m);
  });
});
