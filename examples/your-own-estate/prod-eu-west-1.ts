import type { AwsEnvironment } from "keelson/stacks";

/** Put in your own prefix, account, domain and image: these are placeholders, and a real deploy refuses them. */
export const prod: AwsEnvironment = {
  name: "prod-eu-west-1",
  cloud: "aws",
  prefix: "acme",
  account: "000000000000",
  region: "eu-west-1",
  domain: "example.org",
  network: {
    cidrBlock: "10.20.0.0/16",
    zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    nat: "single",
  },
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-00000000000000000", architecture: "amd64" },
  },
  nodePools: [
    {
      name: "general",
      machineTypes: ["m7i.large", "m6i.large"],
      image: { id: "ami-00000000000000000", architecture: "amd64" },
      minCount: 2,
      maxCount: 6,
    },
  ],
};
