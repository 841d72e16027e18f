import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ApiServer } from "./support/api-server";
import { LiveProject } from "./support/live-project";
import { smallStack } from "./support/small-stack";
import { liveTest } from "./support/tools";

const test = liveTest("kube-apiserver", "terraform-provider-kubernetes", "terraform");
const directory = mkdtempSync(path.join(tmpdir(), "keelson-live-"));
let api: ApiServer;
beforeAll(async () => {
  api = await ApiServer.start(directory);
  api.apply({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "keelson:platform" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "keelson:platform" }],
  });
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true });
});

test("small", async () => {
  const before = api.objects();
  console.log(before.length);
  const real = new LiveProject({ small: smallStack("a") }, api);
  const sim = new LiveProject({ small: smallStack("a") });
  for (const [setting, flags] of [
    ["a", ""],
    ["a", ""],
    ["b", ""],
    ["b", "-destroy"],
  ] as const) {
    const t = Date.now();
    const both = [real, sim].map(async (project) => {
      project.write("small", smallStack(setting));
      const plan = await project.plan("small", flags);
      await project.apply("small");
      return plan;
    });
    const [a, b] = await Promise.all(both);
    console.log(Date.now() - t, JSON.stringify(a), "\n", JSON.stringify(b));
    console.log(api.kubectl("get", "pods", "-A"));
  }
  expect(api.objects()).toEqual(before);
  console.log(real.states);
});
