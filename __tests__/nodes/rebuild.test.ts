import { has, testWith } from "../support/tools";
import { ETCD_MINORS } from "./support/etcd";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { backUp, etcdctl, kubectl, must, serve } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

/** Writes `count` keys that a lease holds, a hundred in one transaction; all by one process. Gives the lease. */
const writeKeys = async (machine: Machine, count: number): Promise<string> => {
  const lease = await etcdctl(machine, "lease grant 36000 | cut -d' ' -f2");
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const put = (i: number) => ({
    requestPut: {
      ...{ key: base64(`/drill/key-${i}`), value: base64(`value-${i}`) },
      lease: BigInt(`0x${lease}`).toString(),
    },
  });
  const transactions = Array.from({ length: count / 100 }, (_, t) => {
    const success = Array.from({ length: 100 }, (_, k) => put(100 * t + k));
    return [
      'url = "https://127.0.0.1:2379/v3/kv/txn"\nfail\noutput = "/dev/null"\ncacert = "ca.crt"',
      'cert = "healthcheck-client.crt"\nkey = "healthcheck-client.key"',
      `data = ${JSON.stringify(JSON.stringify({ success }))}\n`,
    ].join("\n");
  });
  machine.write("/tmp/transactions", transactions.join("next\n"));
  await must(machine, "cd /etc/kubernetes/pki/etcd && curl --disable --silent --config /tmp/transactions");
  return lease;
};

/** All keys with their values and leases, without the revisions. */
const digest = (machine: Machine) =>
  etcdctl(machine, `get --prefix /drill/ -w fields | grep -E '"(Key|Value|Lease)"' | sha256sum`);

const revision = async (machine: Machine) =>
  Number(/"revision":(\d+)/.exec(await etcdctl(machine, "endpoint status -w json"))?.[1]);

/** Not with the administrator's kubeconfig: its certificate would speak first. */
const whoami = (token: string) => `
  kubectl --kubeconfig /dev/null --server https://127.0.0.1:6443 --certificate-authority /etc/kubernetes/pki/ca.crt \
    --token ${token} auth whoami -o jsonpath={.status.userInfo.username}`;

describe.each(["S3", "Blob"] as const)("the drill on %s", (store) => {
  describe.each(ETCD_MINORS)("with etcd %s", (minor) => {
    let lab: Lab;
    let old: Machine;
    let fresh: Machine;
    let before: Record<"digest" | "lease" | "token" | "version" | "join", string> & { revision: number };

    beforeAll(async () => {
      if (!ready) return;
      lab = await Lab.start({ store, minor });
      old = await lab.machine("one");
      await serve(old);
      const lease = await writeKeys(old, 10_000);
      await kubectl(old, "create serviceaccount drill");
      await kubectl(old, "create secret generic drill --from-literal=word=keelson");
      before = {
        lease,
        digest: await digest(old),
        token: await kubectl(old, "create token drill --duration 1h"),
        revision: await revision(old),
        join: lab.cloud.join.split(" ")[1] ?? "",
        version: (
          JSON.parse(await kubectl(old, "get --raw /api/v1/configmaps")) as {
            metadata: { resourceVersion: string };
          }
        ).metadata.resourceVersion,
      };
      await backUp(lab, old);
      await lab.lose(old);
      fresh = await lab.machine("two");
      // The store is all that a rebuild needs.
      await must(fresh, "rm /usr/local/bin/{etcdctl,etcdutl}");
      fresh.cutOff("packages");
      await serve(fresh);
    }, 240_000);
    afterAll(() => lab?.stop());

    test("images, and etcd's tools out of them, have come from the store", async () => {
      expect(await must(fresh, "etcdutl version")).toContain(`etcdutl version: ${minor}.`);
    });

    test("every key is there, with its value and its lease", async () => {
      expect(await digest(fresh)).toBe(before.digest);
      expect(await etcdctl(fresh, "get --prefix /drill/ --count-only -w fields")).toContain(
        '"Count" : 10000',
      );
      expect(await etcdctl(fresh, "lease list")).toContain(before.lease);
    });

    test("the revision has jumped, and who watches from the old one is told to start over", async () => {
      expect(await revision(fresh)).toBeGreaterThan(before.revision + 1_000_000_000);
      const watch = await fresh.run(
        `cd /etc/kubernetes/pki/etcd && timeout 20 etcdctl --cacert ca.crt --cert healthcheck-client.crt \
          --key healthcheck-client.key watch --prefix /drill/ --rev ${before.revision}`,
      );
      expect(watch.stdout + watch.stderr).toContain("has been compacted");
      const informer = await fresh.run(
        `kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw \
          '/api/v1/configmaps?watch=true&timeoutSeconds=20&resourceVersion=${before.version}'`,
      );
      expect(informer.stdout + informer.stderr).toMatch(/too old resource version|Expired/);
    });

    test("a service account's token authenticates, and a Secret that is encrypted at rest reads", async () => {
      expect(await must(fresh, whoami(before.token))).toBe("system:serviceaccount:default:drill");
      const raw = await etcdctl(
        fresh,
        "get /registry/secrets/default/drill --print-value-only | head -c 32 | tr -d '\\0'",
      );
      expect(raw).toMatch(/^k8s:enc:secretbox:v1:genesis:/);
      const secret = await kubectl(fresh, "get secret drill -o jsonpath={.data.word}");
      expect(Buffer.from(secret, "base64").toString()).toBe("keelson");
    });

    test("the join credentials of before are void, and new ones hold", async () => {
      expect((await fresh.run(whoami(before.join))).stderr).toMatch(/Unauthorized|must be logged in/);
      const [endpoint, token = "", ca] = lab.cloud.join.split(" ");
      expect(await must(fresh, whoami(token))).toBe(`system:bootstrap:${token.split(".")[0]}`);
      expect([endpoint, ca]).toEqual([`${lab.apiName}:6443`, expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
    });

    test("nothing points at the old master any more", async () => {
      expect(await kubectl(fresh, "get endpoints kubernetes -o jsonpath={.subsets[*].addresses[*].ip}")).toBe(
        fresh.address,
      );
      expect(
        await kubectl(
          fresh,
          "get endpointslices -l kubernetes.io/service-name=kubernetes -o jsonpath={.items[*].endpoints[*].addresses[*]}",
        ),
      ).toBe(fresh.address);
      expect(await kubectl(fresh, "get nodes -o jsonpath={.items[*].metadata.name}")).toBe(fresh.hostname);
      expect(await kubectl(fresh, "get leases -n kube-node-lease -o name")).not.toContain(old.hostname);
    });
  });
});
