import { Cluster, type ClusterProps, Dns, type DnsProps, sealingKeyOf, storeOf } from "../../lib/azure";
import { type ICluster } from "../../lib/core";
import { only, resources } from "../support/synth";
import { NETWORK, problems as masterProblems } from "./support/control-plane";
import { IMAGE } from "./support/estate";
import { PLACE, problemsOf, synth } from "./support/synth";

type Stack = ConstructorParameters<typeof Cluster>[0];

const build =
  (own: Partial<ClusterProps> = {}, look: (made: Cluster) => void = () => undefined) =>
  (stack: Stack) => {
    look(
      new Cluster(stack, "cluster", {
        name: "Acme-prod",
        place: PLACE,
        cluster: "prod",
        network: NETWORK,
        domain: "acme.io",
        store: storeOf(PLACE, "acmestore"),
        sealingKey: sealingKeyOf(PLACE, "acme-vault"),
        controlPlane: { kubernetesVersion: "1.36.4", image: IMAGE },
        ...own,
      }),
    );
  };

test("those who build on it find what they need", () => {
  let made: ICluster | undefined;
  const publicApi = { allowedCidrs: ["203.0.113.0/24"] };
  synth(
    build(
      { publicZone: "new", controlPlane: { kubernetesVersion: "1.36.4", image: IMAGE, publicApi } },
      (cluster) => (made = cluster),
    ),
  );
  expect(made).toMatchObject({
    name: "prod",
    network: NETWORK,
    kubernetesVersion: "1.36.4",
    endpoint: "https://master.prod.kube:6443",
    publicEndpoint: "https://master.prod.acme.io:6443",
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/16",
  });
});

test("its metrics go by a name that is a DNS label", () => {
  const tf = synth(build());
  expect(String(only(tf, "azurerm_linux_virtual_machine_scale_set")["custom_data"])).toMatch(
    /CLUSTER='.{1,20}acme-prod/,
  );
});

test("everything that is wrong with any of its parts is reported at once", () => {
  const wrong = build({
    name: "acme_prod",
    place: { ...PLACE, location: "East US" },
    cluster: "Prod",
    domain: "acme",
    network: { ...NETWORK, zones: ["1"], privateSubnetIds: ["a", "b"] },
    controlPlane: {
      kubernetesVersion: "1.20.0",
      image: { id: "latest", architecture: "amd64" },
      instanceType: "Standard_D1",
      diskGiB: 10,
      podCidr: "10.0.0.0/16",
      publicApi: { allowedCidrs: [] },
    },
  });
  expect(problemsOf(wrong).map((line) => line.split(" must ")[0])).toEqual([
    "test/cluster: 'name'",
    "test/cluster: 'place'",
    "test/cluster: 'cluster'",
    "test/cluster: 'domain'",
    "test/cluster/network: 'zones'",
    "test/cluster/network: 'privateSubnetIds'",
    "test/cluster/controlPlane: 'kubernetesVersion'",
    "test/cluster/controlPlane: 'image'",
    "test/cluster/controlPlane: 'instanceType'",
    "test/cluster/controlPlane: 'instanceType'",
    "test/cluster/controlPlane: 'diskGiB'",
    "test/cluster/controlPlane/publicApi: 'allowedCidrs'",
    "test/cluster/controlPlane: 'podCidr'",
    "test/cluster/controlPlane: 'publicApi'",
  ]);
});

test.each([
  [{ podCidr: "169.254.0.0/16" }, "must not overlap with link-local addresses"],
  [{ serviceCidr: "10.0.0.0/16" }, "must not overlap with the network, 10.0.0.0/16"],
  [{ diskGiB: 4096 }, "must be a whole number from 30"],
  [{ publicApi: { allowedCidrs: ["0.0.0.0/0"] } }, "must not be the whole world"],
  [
    { publicZone: "none" as const, publicApi: { allowedCidrs: ["203.0.113.0/24"] } },
    "must have a public zone to be named in",
  ],
  [{ previousKubernetesVersion: "1.34.0" }, "must be of the minor of 1.34.0 or of the next one"],
  [{ cluster: "Acme" }, "must be a DNS label"],
  [{ name: "a".repeat(49) }, "must be at most 48 letters, digits and hyphens"],
])("of a control plane, %j is refused", (own, mustHold) => {
  expect(masterProblems(own)).toEqual([expect.stringContaining(mustHold)]);
});

describe("the names", () => {
  const zone = (subscription = PLACE.subscription, name = "acme.io") => ({
    zoneId: `/subscriptions/${subscription}/resourceGroups/names/providers/Microsoft.Network/dnsZones/${name}`,
    name: "acme.io",
  });
  const dns =
    (publicZone: DnsProps["publicZone"], look: (made: Dns) => void = () => undefined) =>
    (stack: Stack) => {
      look(
        new Dns(stack, "dns", {
          environment: "prod",
          place: PLACE,
          domain: "acme.io",
          networkId: NETWORK.networkId,
          publicZone,
        }),
      );
    };

  test("stand in a private zone that only the network sees, and into which no machine writes", () => {
    const tf = synth(dns("none"));
    expect(only(tf, "azurerm_private_dns_zone")).toEqual({
      name: "prod.kube",
      resource_group_name: "acme-prod",
    });
    expect(only(tf, "azurerm_private_dns_zone_virtual_network_link")).toMatchObject({
      virtual_network_id: NETWORK.networkId,
      registration_enabled: false,
    });
    expect(resources(tf, "azurerm_dns_zone")).toEqual({});
  });

  test("stand in a public zone that is made, which says what to delegate to", () => {
    let made: Dns | undefined;
    const tf = synth(dns("new", (one) => (made = one)));
    expect(only(tf, "azurerm_dns_zone")).toMatchObject({ name: "prod.acme.io" });
    expect(made?.nameServers).toBeDefined();
  });

  test("stand in a zone that exists, in its own resource group, under as much of the name as it leaves", () => {
    const tf = synth(
      dns(zone(), (made) =>
        expect(made.publicAlias("master", { address: "203.0.113.1" })).toBe("master.prod.acme.io"),
      ),
    );
    expect(only(tf, "azurerm_dns_a_record")).toEqual({
      name: "master.prod",
      zone_name: "acme.io",
      resource_group_name: "names",
      ttl: 60,
      records: ["203.0.113.1"],
    });
  });

  test.each([
    [zone("11111111-2222-3333-4444-555555555555"), "must be a zone of the stack's own subscription"],
    [zone(undefined, "acme.org"), "must have the id of the zone of that name"],
    [{ zoneId: "Z0123456789ABCDEFGHIJ", name: "acme.io" }, "must have a zone's id, such as /subscriptions/"],
    [
      { ...zone(), zoneId: zone().zoneId.replace("acme.io", "acme.org"), name: "acme.org" },
      "must be the zone of 'acme.io'",
    ],
  ])("do not stand in %j", (publicZone, mustHold) => {
    expect(problemsOf(dns(publicZone))).toEqual([expect.stringContaining(mustHold)]);
  });

  test("are not there without a zone", () => {
    synth(
      dns("none", (made) => {
        expect(() => made.publicAlias("master", { address: "203.0.113.1" })).toThrow(
          "has no public zone for 'master'",
        );
      }),
    );
  });
});
