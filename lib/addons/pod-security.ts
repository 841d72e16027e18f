/** What every pod of an add-on is: nobody in particular, with the system calls that its runtime thinks it needs. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: "100",
  runAsGroup: "1000",
  fsGroup: "1000",
  // Not file by file at each start, which takes minutes where there are many.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/**
 * What every container of an add-on is: it may gain nothing and change nothing but its volumes. With the pod's, it is what Pod
 * Security's level `restricted` asks for, and more.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] as string[] },
} as const;
