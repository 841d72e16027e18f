import type { AwsEnvironment } from "./aws-environment";

export const devUsEast1: AwsEnvironment = {
  name: "dev-us-east-1",
  cloud: "aws",
  prefix: "keelson",
  account: "000000000000",
  region: "us-east-1",
  domain: "example.com",
  network: {
    cidrBlock: "10.1.0.0/16",
    zones: ["us-east-1a", "us-east-1b"],
    nat: "instance",
    flowLogRetentionDays: 7,
  },
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-00000000000000000", architecture: "arm64" },
    instanceType: "t4g.medium",
    rollout: "automatic",
  },
  nodePools: [
    {
      name: "general",
      machineTypes: ["t4g.medium", "m7g.medium", "m6g.medium"],
      image: { id: "ami-00000000000000000", architecture: "arm64" },
      minCount: 1,
      maxCount: 3,
      spotPercent: 100,
    },
  ],
  retainData: false,
};
