import { testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl, must } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";
import { serve } from "./support/serving";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const CLAIMS = "/opt/keelson/current/claims.sh";

interface Claim {
  readonly host?: string;
  readonly path?: string;
  /** @default Prefix */
  readonly type?: "Prefix" | "Exact";
  /** @default haproxy */
  readonly className?: string | null;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly defaultBackend?: boolean;
}

const backend = { service: { name: "web", port: { number: 80 } } };
const ingress = ({ host, path, type = "Prefix", className = "haproxy", ...more }: Claim) => ({
  metadata: { annotations: more.annotations },
  spec: {
    ...(className !== null && { ingressClassName: className }),
    ...(more.defaultBackend && { defaultBackend: backend }),
    ...((host ?? path) !== undefined && {
      rules: [{ ...(host !== undefined && { host }), http: { paths: [{ path, pathType: type, backend }] } }],
    }),
  },
});

describe("of Ingresses that claim one host the first has it", () => {
  let lab: Lab;
  let master: Machine;

  /** Applies an Ingress; empty where it is taken, or what the API server has against it. */
  const claim = async (namespace: string, name: string, of: Claim, options = ""): Promise<string> => {
    const { metadata, spec } = ingress(of);
    const document = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, ...metadata },
      spec,
    };
    const { status, stderr } = await master.run(
      `kubectl --kubeconfig /etc/kubernetes/admin.conf -n ${namespace} apply ${options} -f - <<'END'\n${JSON.stringify(document)}\nEND`,
    );
    return status === 0 ? "" : stderr;
  };
  /** What the API server has against it, some moments from now at the latest: that is how old what it goes by may be. */
  const refusal = async (namespace: string, name: string, of: Claim): Promise<string> => {
    let said = "";
    const isRefused = async () => (said = await claim(namespace, name, of, "--dry-run=server")) !== "";
    await master.waitFor(isRefused, 30, `${namespace}/${name} is not refused`);
    return said;
  };
  const untilAllowed = (namespace: string, of: Claim) =>
    master.waitFor(
      async () => (await claim(namespace, "tried", of, "--dry-run=server")) === "",
      30,
      "it is still refused",
    );
  let shop: { readonly host: string; readonly path: string };
  let shops = 0;
  const bound = async () =>
    (
      await kubectl(
        master,
        "get validatingadmissionpolicybindings -l keelson/ingress-claims -o jsonpath={.items[*].spec.paramRef.namespace}",
      )
    ).split(" ");

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master");
    await serve(master);
    await kubectl(master, "apply --server-side -f /opt/keelson/current/addons/kubernetes-ingress.patch.yaml");
    await must(
      master,
      `for name in zebra apple; do kubectl --kubeconfig /etc/kubernetes/admin.conf create namespace $name; done; ${CLAIMS}`,
    );
    const probe = { host: "probe.example.org", path: "/" };
    expect(await claim("zebra", "probe", probe)).toBe("");
    await refusal("apple", "tried", probe);
    await kubectl(master, "delete ingress -n zebra --all");
  }, 120_000);
  afterAll(() => lab?.stop());
  // Another for each test: what the API server goes by may still have one that was deleted a moment ago.
  beforeEach(() => {
    shop = { host: `shop-${++shops}.example.org`, path: "/" };
  });
  afterEach(async () => {
    if (!possible) return;
    for (const namespace of ["zebra", "apple"]) await kubectl(master, `delete ingress -n ${namespace} --all`);
  });

  test("for its namespace, though another's comes before that in the alphabet, and the other is told why", async () => {
    expect(await claim("zebra", "shop", shop)).toBe("");
    for (const path of ["/", "/carts"]) {
      expect(await refusal("apple", "shop", { ...shop, path })).toMatch(
        /Ingress zebra\/shop was first to claim shop-\d+\.example\.org for its namespace/,
      );
    }
    await kubectl(master, "delete ingress -n zebra shop");
    await untilAllowed("apple", shop);
    expect(await claim("apple", "shop", shop)).toBe("");
  });

  test("and within its namespace its paths, whatever their type, with a slash at the end or without", async () => {
    const carts = { ...shop, path: "/carts" };
    expect(await claim("zebra", "carts", carts)).toBe("");
    expect(await refusal("zebra", "a", { ...carts, type: "Exact" })).toMatch(
      /zebra\/carts was first to claim shop-\d+\.example\.org with a path that this one claims too/,
    );
    expect(await refusal("zebra", "a", { ...carts, path: "/carts/" })).toMatch(/zebra\/carts was first/);
    expect(await claim("zebra", "a", { ...carts, path: "/cartsandmore" })).toBe("");
    expect(await claim("zebra", "b", shop)).toBe("");
  });

  test("which holds for rules without a host too", async () => {
    expect(await claim("zebra", "health", { path: "/health" })).toBe("");
    expect(await refusal("apple", "a", { path: "/" })).toMatch(/zebra\/health was first to claim any host/);
    expect(await refusal("zebra", "a", { path: "/health/" })).toMatch(/zebra\/health was first/);
    expect(await claim("apple", "a", shop)).toBe("");
  });

  test("also where the other comes to it by a change, but it may change all else", async () => {
    expect(await claim("zebra", "shop", shop)).toBe("");
    expect(await claim("apple", "a", { ...shop, host: "other.example.org" })).toBe("");
    expect(await refusal("apple", "a", shop)).toMatch(/zebra\/shop was first/);
    expect(await claim("zebra", "b", { ...shop, path: "/b" })).toBe("");
    expect(await refusal("zebra", "b", shop)).toMatch(/zebra\/shop was first/);
    expect(await claim("zebra", "b", { ...shop, path: "/c" })).toBe("");
    expect(await claim("zebra", "shop", { ...shop, annotations: { changed: "yes" } })).toBe("");
  });

  test("but other hosts, and Ingresses of other controllers, are nobody's business", async () => {
    expect(await claim("zebra", "shop", shop)).toBe("");
    expect(await claim("apple", "a", { ...shop, host: "www.example.org" })).toBe("");
    expect(await claim("apple", "b", { ...shop, className: "another" })).toBe("");
  });

  test("and no way leads around that: neither a change of class, nor none, nor the annotation of old", async () => {
    const old = { annotations: { "kubernetes.io/ingress.class": "haproxy" }, className: null };
    expect(await claim("zebra", "shop", shop)).toBe("");
    expect(await claim("apple", "a", { ...shop, className: "another" })).toBe("");
    expect(await refusal("apple", "a", shop)).toMatch(/zebra\/shop was first/);
    expect(await refusal("apple", "b", { ...shop, className: null })).toMatch(/zebra\/shop was first/);
    expect(await refusal("apple", "c", { ...shop, ...old })).toMatch(/zebra\/shop was first/);
    const annotated = {
      ...shop,
      className: "another",
      annotations: { "haproxy.org/ingress.class": "haproxy" },
    };
    expect(await refusal("apple", "d", annotated)).toMatch(/zebra\/shop was first/);
  });

  test("and what nobody's rules match is one Ingress', too", async () => {
    expect(await claim("zebra", "rest", { defaultBackend: true })).toBe("");
    expect(await refusal("apple", "rest", { defaultBackend: true })).toMatch(
      /zebra\/rest has the default backend/,
    );
    expect(await claim("zebra", "rest", { defaultBackend: true, annotations: { changed: "yes" } })).toBe("");
  });

  test("and one that is too large to be compared is refused, not let by", async () => {
    const apply = (namespace: string, options = "") => {
      const hosts = Array.from({ length: 1000 }, (_, i) => `${namespace}-${i}.example.org`);
      const { rules } = ingress({ host: "", path: "/" }).spec;
      const spec = { ingressClassName: "haproxy", rules: hosts.map((host) => ({ ...rules?.[0], host })) };
      const metadata = { name: "large", namespace };
      master.write(
        "/root/large.json",
        JSON.stringify({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata, spec }),
      );
      return master.run(
        `kubectl --kubeconfig /etc/kubernetes/admin.conf create ${options} -f /root/large.json`,
      );
    };
    expect(await apply("zebra")).toMatchObject({ status: 0 });
    let said = "";
    const isRefused = async () => (said = (await apply("apple", "--dry-run=server")).stderr) !== "";
    await master.waitFor(isRefused, 30, "it is not refused");
    expect(said).toMatch(/ingress-claims.*cost limit exceeded/);
  }, 60_000);

  test("two that have been there since before may both be changed, and neither gains more", async () => {
    await kubectl(master, "delete validatingadmissionpolicybindings -l keelson/ingress-claims");
    expect(await claim("apple", "both", shop)).toBe("");
    await untilAllowed("zebra", shop);
    expect(await claim("zebra", "both", shop)).toBe("");
    await must(master, CLAIMS);
    await refusal("zebra", "tried", shop);
    expect(await claim("apple", "both", { ...shop, annotations: { changed: "yes" } })).toBe("");
    expect(await claim("zebra", "both", { ...shop, annotations: { changed: "yes" } })).toBe("");
  }, 120_000);

  test("within a namespace from its first moment on", async () => {
    await kubectl(master, "create namespace fresh");
    expect(await bound()).not.toContain("fresh");
    expect(await claim("fresh", "shop", shop)).toBe("");
    await refusal("fresh", "tried", shop);
    await kubectl(master, "delete ingress -n fresh --all");
  }, 120_000);

  test("in namespaces that are made later, and nothing stays of those that are gone", async () => {
    await kubectl(master, "create namespace middle");
    await must(master, CLAIMS);
    expect(await bound()).toEqual(expect.arrayContaining(["apple", "middle", "zebra", "default"]));
    const first = { ...shop, host: "middle.example.org" };
    expect(await claim("middle", "m", first)).toBe("");
    await refusal("apple", "tried", first);
    // Nothing ends a namespace here, where no controller manager runs.
    await kubectl(master, "delete ingress -n middle --all");
    await must(
      master,
      `kubectl --kubeconfig /etc/kubernetes/admin.conf delete namespace middle --wait=false
      kubectl --kubeconfig /etc/kubernetes/admin.conf get namespace middle -o json | sed 's/"kubernetes"//' |
        kubectl --kubeconfig /etc/kubernetes/admin.conf replace --raw /api/v1/namespaces/middle/finalize -f - >/dev/null
      ${CLAIMS}`,
    );
    expect(await bound()).not.toContain("middle");
  }, 120_000);

  test("by nobody who serves no more, and on no cloud whose table has no ingress controller", async () => {
    await kubectl(master, "delete validatingadmissionpolicybindings -l keelson/ingress-claims");
    await must(
      master,
      "cp -r /opt/keelson/current/. /root/bare; sed -i /kubernetes-ingress/d /root/bare/addons/charts.tsv; /root/bare/claims.sh",
    );
    await must(master, `rm /run/keelson/serving; ${CLAIMS}; : >/run/keelson/serving`);
    expect(await bound()).toEqual([""]);
  });
});
