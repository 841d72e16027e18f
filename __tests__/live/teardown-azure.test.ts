import { Project } from "../support/project";
import { idsOf } from "./support/ids";

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
const stack = (key: string, resource: object, output?: object) => ({
  terraform: {
    required_providers: { azurerm: { source: "hashicorp/azurerm", version: "4.55.0" } },
    backend: {
      azurerm: {
        resource_group_name: "states",
        storage_account_name: "states",
        container_name: "tfstate",
        key,
      },
    },
  },
  provider: { azurerm: [{ features: [{}], subscription_id: SUBSCRIPTION }] },
  resource,
  ...(output && { output }),
});

const placed = (group: string) => ({ resource_group_name: group, location: "eastus" });
const inBase = placed("${azurerm_resource_group.base.name}");
const subnet = (n: number) => ({
  name: `subnet-${n}`,
  resource_group_name: "${azurerm_resource_group.base.name}",
  virtual_network_name: "${azurerm_virtual_network.v.name}",
  address_prefixes: [`10.0.${n}.0/24`],
});
const address = (name: string) => ({ name, ...inBase, allocation_method: "Static", sku: "Standard" });
const role = (name: string) => ({
  name,
  scope: "${azurerm_resource_group.base.id}",
  permissions: [{ actions: ["Microsoft.Compute/virtualMachines/read"] }],
});
const SHARED = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shared`;

/** What one stack has. */
const base = {
  azurerm_resource_group: {
    base: { name: "base", location: "eastus" },
    shared: { name: "shared", location: "eastus" },
    empty: { name: "empty", location: "eastus" },
  },
  azurerm_virtual_network: { v: { name: "v", ...inBase, address_space: ["10.0.0.0/16"] } },
  azurerm_subnet: { balanced: subnet(1), scaled: subnet(2), empty: subnet(3) },
  azurerm_network_security_group: {
    worn: { name: "worn", ...inBase },
    around: { name: "around", ...inBase },
    of_nobody: { name: "of-nobody", ...inBase },
  },
  azurerm_public_ip: { balanced: address("balanced"), of_nobody: address("of-nobody") },
  azurerm_nat_gateway: { used: { name: "used", ...inBase }, unused: { name: "unused", ...inBase } },
  azurerm_lb: {
    used: { name: "used", ...inBase, sku: "Standard", frontend_ip_configuration: [{ name: "api" }] },
  },
  azurerm_lb_backend_address_pool: { used: { name: "masters", loadbalancer_id: "${azurerm_lb.used.id}" } },
  azurerm_private_dns_zone: {
    linked: { name: "linked.kube", resource_group_name: "${azurerm_resource_group.base.name}" },
    unlinked: { name: "unlinked.kube", resource_group_name: "${azurerm_resource_group.base.name}" },
  },
  azurerm_role_definition: { given: role("given"), not_given: role("not-given") },
};

/** What another stack has in it. */
function tenant(id: (address: string) => string) {
  return {
    azurerm_lb: {
      other: {
        name: "other",
        ...placed("shared"),
        sku: "Standard",
        frontend_ip_configuration: [
          { name: "one", subnet_id: id("azurerm_subnet.balanced") },
          { name: "two", public_ip_address_id: id("azurerm_public_ip.balanced") },
        ],
      },
    },
    azurerm_linux_virtual_machine_scale_set: {
      other: {
        name: "other",
        ...placed("elsewhere"),
        sku: "Standard_D2s_v5",
        instances: 0,
        admin_username: "nobody",
        os_disk: [{ caching: "None", storage_account_type: "StandardSSD_LRS" }],
        network_interface: [
          {
            name: "nic",
            primary: true,
            network_security_group_id: id("azurerm_network_security_group.worn"),
            ip_configuration: [
              {
                name: "ip",
                primary: true,
                subnet_id: id("azurerm_subnet.scaled"),
                load_balancer_backend_address_pool_ids: [id("azurerm_lb_backend_address_pool.used")],
              },
            ],
          },
        ],
      },
    },
    azurerm_subnet_network_security_group_association: {
      other: {
        subnet_id: `${SHARED}/providers/Microsoft.Network/virtualNetworks/w/subnets/w`,
        network_security_group_id: id("azurerm_network_security_group.around"),
      },
    },
    azurerm_subnet_nat_gateway_association: {
      other: {
        subnet_id: `${SHARED}/providers/Microsoft.Network/virtualNetworks/w/subnets/w`,
        nat_gateway_id: id("azurerm_nat_gateway.used"),
      },
    },
    azurerm_private_dns_zone_virtual_network_link: {
      other: {
        name: "other",
        resource_group_name: "base",
        private_dns_zone_name: "linked.kube",
        virtual_network_id: `${SHARED}/providers/Microsoft.Network/virtualNetworks/w`,
      },
    },
    azurerm_role_assignment: {
      other: {
        scope: SHARED,
        principal_id: SUBSCRIPTION,
        role_definition_id: id("azurerm_role_definition.given").replace(/\|.*/, ""),
      },
    },
  };
}

/** What Azure or its provider refuses to delete, with which words, and what the simulator says is in the way. */
const REFUSED = [
  [
    "azurerm_resource_group.shared",
    'deleting Resource Group "shared": the Resource Group still contains Resources.',
    "azurerm_lb {} still refers to it in 'resource_group_name'",
  ],
  ["azurerm_subnet.balanced", "InUseSubnetCannotBeDeleted: Subnet subnet-1 is in use", "azurerm_lb"],
  [
    "azurerm_subnet.scaled",
    "InUseSubnetCannotBeDeleted: Subnet subnet-2 is in use",
    "azurerm_linux_virtual_machine_scale_set",
  ],
  [
    "azurerm_network_security_group.worn",
    "NetworkSecurityGroupInUseByVirtualMachineScaleSet: Cannot delete network security group {id}",
    "azurerm_linux_virtual_machine_scale_set",
  ],
  [
    "azurerm_network_security_group.around",
    "InUseNetworkSecurityGroupCannotBeDeleted: Network security group {id} cannot be deleted",
    "azurerm_subnet_network_security_group_association",
  ],
  [
    "azurerm_public_ip.balanced",
    "PublicIPAddressCannotBeDeleted: Public IP address {id} can not be deleted",
    "azurerm_lb",
  ],
  [
    "azurerm_nat_gateway.used",
    "CannotDeleteNatGatewayAssociatedToSubnet: NAT Gateway {id} is still configured",
    "azurerm_subnet_nat_gateway_association",
  ],
  [
    "azurerm_lb_backend_address_pool.used",
    "Cannot remove backend address pool masters from load balancer",
    "azurerm_linux_virtual_machine_scale_set",
  ],
  [
    "azurerm_private_dns_zone.linked",
    "CannotDeleteResource: Cannot delete resource while nested resources exist.",
    "azurerm_private_dns_zone_virtual_network_link",
  ],
  [
    "azurerm_role_definition.given",
    "RoleDefinitionHasAssignments: There are existing role assignments referencing role",
    "azurerm_role_assignment",
  ],
] as const;

/** What stays because something else does that could not go first. */
const WITH_THEM = ["azurerm_lb.used", "azurerm_virtual_network.v", "azurerm_resource_group.base"];

describe("a stack on Azure that another one stands in", () => {
  const project = new Project();
  let id: (address: string) => string;
  const state = "azurerm/states/tfstate/base.tfstate.simulated.tfstate";
  /** Runs Terraform's commands in a stack's folder, one after the other. */
  const terraform = (name: string, ...commands: readonly string[]) =>
    project.simulate([
      "sh",
      "-c",
      ["init >init.log", ...commands]
        .map((command) => command.replace(/^\S+/, `terraform -chdir=${name} $& -no-color`))
        .join(" && "),
    ]);
  let said = "";

  beforeAll(async () => {
    project.write("base/cdk.tf.json", stack("base.tfstate", base, idsOf(base)));
    const made = await terraform("base", "apply -auto-approve >applied.log", "output -json ids");
    const ids = JSON.parse(made.stdout) as Record<string, string>;
    id = (one) => ids[one] ?? "?";

    project.write("tenant/cdk.tf.json", stack("tenant.tfstate", tenant(id)));
    expect(await terraform("tenant", "apply -auto-approve")).toMatchObject({ code: 0 });
    const { code, stdout: printed, stderr } = await terraform("base", "destroy -auto-approve");
    expect(code).toBe(1);
    said = `${printed}${stderr}`.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
  });
  afterAll(() => {
    project.remove();
  });

  test.each(REFUSED)("cannot lose its %s", (one, answer, because) => {
    const text = answer.replace("{id}", id(one));
    expect(said).toContain(text);
    const words = because.split("{}").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    expect(said.slice(said.lastIndexOf(text))).toMatch(new RegExp(words.join("\\S+")));
    expect(project.resources(state)).toContain(one);
  });

  test("loses all else", () => {
    const left = [...REFUSED.map(([one]) => one), ...WITH_THEM];
    expect(project.resources(state).sort()).toEqual(left.sort());
  });

  test("loses the rest when the other one is gone", async () => {
    expect(await terraform("tenant", "destroy -auto-approve")).toMatchObject({ code: 0 });
    expect(await terraform("base", "destroy -auto-approve")).toMatchObject({ code: 0 });
    expect(project.resources(state)).toEqual([]);
  });
});
