import type { AzureEnvironment } from "./azure-environment";

export const prodEastus: AzureEnvironment = {
  name: "prod-eastus",
  cloud: "azure",
  prefix: "keelson",
  subscription: "00000000-0000-0000-0000-000000000000",
  location: "eastus",
  domain: "example.com",
  network: { cidrBlock: "10.2.0.0/16", zones: ["1", "2", "3"] },
  publicZone: "new",
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "Canonical:ubuntu-24_04-lts:server-gen1:0.0.0", architecture: "amd64" },
    publicApi: { allowedCidrs: ["203.0.113.0/24"] },
  },
  agents: {
    image: { id: "Canonical:ubuntu-24_04-lts:server-gen1:0.0.0", architecture: "amd64" },
    minCount: 3,
    maxCount: 6,
  },
  platform: { pool: "agents" },
};
