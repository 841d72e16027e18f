import { FakePools } from "./fake-pools";
import { Refusal } from "./fake-server";

/** What Azure says of a machine beside its name, of which there is much. */
const MORE = {
  latestModelApplied: true,
  modelDefinitionApplied: "VirtualMachineScaleSet",
  networkProfileConfiguration: {
    networkInterfaceConfigurations: [{ name: "nodes", properties: { primary: true, dnsSettings: {} } }],
  },
  storageProfile: {
    imageReference: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server-gen1", version: "1" },
    osDisk: { osType: "Linux", createOption: "FromImage", caching: "None", diskSizeGB: 50 },
    dataDisks: [],
  },
  provisioningState: "Succeeded",
};

/**
 * Scale sets with uniform orchestration, and their machines, as the resource manager lists them. The documentation does not say
 * how many are in a page.
 *
 * @see https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/list
 * @see https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-set-vms/list
 */
export class FakeScaleSets extends FakePools {
  /** The only one that there is. */
  resourceGroup = "lab";
  /** The host that next pages are said to be at, in place of the one that was asked. */
  elsewhere: string | undefined;
  /** Whether answers have no list in them. */
  listless = false;

  override heal(): void {
    super.heal();
    Object.assign(this, { elsewhere: undefined, listless: false });
  }

  list(url: URL, host = ""): object {
    const [, group] =
      /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/\w+$/.exec(
        url.pathname,
      ) ?? [];
    if (group !== this.resourceGroup) {
      throw new Refusal(404, "ResourceGroupNotFound");
    }
    const sets = this.groups.map(({ name, tags, machines }) => ({
      ...{ name, id: `${url.pathname}/${name}`, type: "Microsoft.Compute/virtualMachineScaleSets" },
      sku: { name: "Standard_D2_v2", tier: "Standard", capacity: machines.length },
      ...{ location: "eastus", tags, properties: { singlePlacementGroup: false, overprovision: false } },
    }));
    return this.paged(sets, url, host);
  }

  listMachines(url: URL, host = ""): object {
    const [, name] = /\/virtualMachineScaleSets\/([^/]+)\/virtualMachines$/.exec(url.pathname) ?? [];
    const set = this.groups.find((one) => one.name === name);
    if (set === undefined) throw new Refusal(404, "ResourceNotFound");
    if (set.machines.some(({ zone }) => this.down.has(zone))) throw new Refusal(503, "ServiceUnavailable");
    const machines = set.machines.map(({ id, zone, name: computerName }) => {
      const osProfile = { adminUsername: "keelson", computerName, secrets: [], linuxConfiguration: {} };
      return {
        ...{
          name: `${set.name}_${id}`,
          id: `${url.pathname}/${id}`,
          instanceId: id,
          zones: [zone],
          tags: set.tags,
        },
        resources: [{ name: "health", properties: { publisher: "Microsoft.ManagedServices" } }],
        properties: { ...MORE, vmId: id, ...(!this.unknown.has(id) && { osProfile }) },
      };
    });
    return this.paged(machines, url, host);
  }

  private paged(all: readonly object[], url: URL, host: string): object {
    const number = Number(url.searchParams.get("$skiptoken") ?? 0);
    if (number === this.throttledPage) throw new Refusal(429, "OperationNotAllowed");
    const rest = all.slice(number * this.page);
    const next = new URL(url.pathname + url.search, `http://${this.elsewhere ?? host}`);
    next.searchParams.set("$skiptoken", String(number + 1));
    return {
      ...(!this.listless && { value: rest.slice(0, this.page) }),
      ...(rest.length > this.page && { nextLink: next.href }),
    };
  }
}
