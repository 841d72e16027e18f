import type { Fault, Rule } from "../core";

/** The processors that both EC2 and Kubernetes know. */
export type Architecture = "amd64" | "arm64";

/** An image that machines start from, by its id: the same one until somebody writes another one down. */
export interface MachineImage {
  /** Such as "ami-0a1b2c3d4e5f60718", of the stack's region. */
  readonly id: string;
  /** What the image runs on. */
  readonly architecture: Architecture;
}

/** Sizes that no master fits on: kubeadm wants two processors, and etcd beside an API server 4 GiB. */
const TOO_SMALL = ["nano", "micro", "small"];

/** Only of the burstable families has the size medium two processors. */
const BURSTABLE = /^t\d/;

/** An image's id. */
export const isMachineImage: Rule<MachineImage> = ({ id }) =>
  /^ami-[0-9a-f]{8,17}$/.test(id)
    ? []
    : [{ mustHold: "must have an image's id, such as ami-0a1b2c3d4e5f60718", got: id }];

/**
 * A type that a master fits on and that its image runs on.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 * @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#before-you-begin
 */
export function suitsMaster(image: MachineImage): Rule<string> {
  return (type) => {
    const [family = "", size = ""] = type.split(".");
    if (!/^[a-z]+\d+[a-z0-9-]*$/.test(family) || !/^[a-z0-9-]+$/.test(size)) {
      return [{ mustHold: 'must be an instance type such as "m7g.large"', got: type }];
    }
    const faults: Fault[] = [];
    if (TOO_SMALL.includes(size) || (size === "medium" && !BURSTABLE.test(family))) {
      faults.push({
        mustHold: "must have two processors and 4 GiB, or etcd and the API server do not fit",
        got: type,
        fix: `take ${family}.${BURSTABLE.test(family) ? "medium" : "large"}`,
      });
    }
    const architecture = architectureOf(family);
    if (architecture !== image.architecture) {
      faults.push({
        mustHold: `must run the image, which is for ${image.architecture}; ${family} is ${architecture}`,
        got: type,
        fix: "change the type or the image",
      });
    }
    return faults;
  };
}

/** The letters after a family's generation say what processors it has: g is AWS' own, which are ARM's. */
function architectureOf(family: string): Architecture {
  return family === "a1" || /^[a-z]+\d+[a-z]*g/.test(family) ? "arm64" : "amd64";
}
