import type { AwsEnvironment } from "./aws-environment";

export const prodUsEast1: AwsEnvironment = {
  name: "prod-us-east-1",
  cloud: "aws",
  prefix: "keelson",
  account: "000000000000",
  region: "us-east-1",
  domain: "example.com",
  network: {
    cidrBlock: "10.0.0.0/16",
    zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    nat: "per-zone",
    flowLogRetentionDays: 90,
  },
  publicZone: "new",
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-00000000000000000", architecture: "amd64" },
    publicApi: { allowedCidrs: ["203.0.113.0/24"] },
  },
  nodePools: [
    {
      name: "general",
      machineTypes: ["m7i.large", "m6i.large", "m6a.large"],
      image: { id: "ami-00000000000000000", architecture: "amd64" },
      minCount: 3,
      maxCount: 12,
    },
    {
      name: "loadbalancer",
      role: "loadbalancer",
      machineTypes: ["m7i.large", "m6i.large"],
      image: { id: "ami-00000000000000000", architecture: "amd64" },
      minCount: 2,
      maxCount: 3,
    },
  ],
  platform: { pool: "general" },
};
