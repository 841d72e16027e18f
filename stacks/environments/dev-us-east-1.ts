import type { AwsEnvironment } from "./environment";

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
  retainData: false,
};
