import { minorOf } from "./kubernetes-version";

/** Where machines get containerd from. @see https://docs.docker.com/engine/install/ubuntu/ */
export const CONTAINERD_PACKAGES = "https://download.docker.com/linux/ubuntu";

/**
 * Where machines get a version's packages from: each minor has a place of its own.
 * @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/
 */
export function kubernetesPackages(version: string): string {
  return `https://pkgs.k8s.io/core:/stable:/v${minorOf(version)}/deb/`;
}
