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

/** A family and a size. */
const TYPE = /^([a-z]+\d[a-z0-9-]*)\.([a-z0-9-]+)$/;

/** Upwards; what is not among them is larger. */
const SIZES = ["nano", "micro", "small", "medium", "large", "xlarge"];

/** An image's id, of seventeen digits, or of eight if it is an old one. */
export const isMachineImage: Rule<MachineImage> = ({ id }) =>
  /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)
    ? []
    : [{ mustHold: "must have an image's id, such as ami-0a1b2c3d4e5f60718", got: id }];

/**
 * A type that a master fits on and that its image runs on.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 * @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#before-you-begin
 */
export function suitsMaster(image: MachineImage): Rule<string> {
  return suits(
    image,
    smallestOf,
    "must have two processors and 4 GiB, or etcd and the API server do not fit",
  );
}

/**
 * A type that a node fits on and that its image runs on.
 *
 * @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#before-you-begin
 */
export function suitsNode(image: MachineImage): Rule<string> {
  return suits(image, () => "small", "must have 2 GiB, which kubeadm wants of a node");
}

function suits(
  image: MachineImage,
  smallestOf: (family: string) => string,
  mustBeLarger: string,
): Rule<string> {
  return (type) => {
    const [, family, size] = TYPE.exec(type) ?? [];
    if (family === undefined || size === undefined) {
      return [{ mustHold: 'must be an instance type such as "m7g.large"', got: type }];
    }
    if (/^mac\d/.test(family)) {
      return [{ mustHold: "must run Linux, and what Apple makes runs macOS only", got: type }];
    }
    const architecture = architectureOf(family);
    const runsImage = architecture === image.architecture;
    const smallest = smallestOf(family);
    const faults: Fault[] = [];
    if (SIZES.includes(size) && SIZES.indexOf(size) < SIZES.indexOf(smallest)) {
      faults.push({
        mustHold: mustBeLarger,
        got: type,
        fix: runsImage ? `take ${family}.${smallest}` : undefined,
      });
    }
    if (!runsImage) {
      faults.push({
        mustHold: `must run the image, which is for ${image.architecture}; ${family} is ${architecture}`,
        got: type,
        fix: "change the type or the image",
      });
    }
    return faults;
  };
}

/**
 * The smallest size with two processors and 4 GiB, which kubeadm and etcd beside an API server want. The burstable families
 * have it one size before the others; the old ones for computing have 3.75 GiB where the others have it.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/co.html
 */
function smallestOf(family: string): string {
  if (/^t\d/.test(family)) {
    return "medium";
  }
  return /^c[34]$/.test(family) ? "xlarge" : "large";
}

/** The letter after a family's generation says whose processors it has: g is for AWS' own, which are ARM's. */
function architectureOf(family: string): Architecture {
  return family === "a1" || /^[a-z]+\d+g/.test(family) ? "arm64" : "amd64";
}
