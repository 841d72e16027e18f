import { NatGateway as AzureNatGateway } from "@cdktf/provider-azurerm/lib/nat-gateway";
import { NatGatewayPublicIpAssociation } from "@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
import { Construct } from "constructs";
import { type Place, placed } from "./place";
import { ALL_ZONES } from "./zone";

export interface NatGatewayProps {
  /** Its own, and its address's; unique in its resource group. */
  readonly name: string;
  /** Where it stands. */
  readonly place: Place;
  /** The subnet whose machines leave through it. */
  readonly subnetId: string;
}

/** Azure's own NAT, with an address that stays when the gateway is replaced. */
export class NatGateway extends Construct {
  /** The address that the world sees. */
  readonly publicIp: string;

  constructor(scope: Construct, id: string, { name, place, subnetId }: NatGatewayProps) {
    super(scope, id);

    const address = new PublicIp(this, "address", {
      name,
      ...placed(place),
      sku: "Standard",
      allocationMethod: "Static",
      zones: ALL_ZONES,
    });
    const gateway = new AzureNatGateway(this, "Resource", { name, ...placed(place), skuName: "Standard" });
    new NatGatewayPublicIpAssociation(this, "address-association", {
      natGatewayId: gateway.id,
      publicIpAddressId: address.id,
    });
    new SubnetNatGatewayAssociation(this, "subnet-association", { natGatewayId: gateway.id, subnetId });

    this.publicIp = address.ipAddress;
  }
}
