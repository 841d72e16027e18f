import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
import { Construct } from "constructs";
import type { Labels } from "./labels";

export interface SecretWriterProps {
  /** What the role is called. */
  readonly name: string;
  /** The account that writes, by name and namespace. */
  readonly account: { readonly name: string; readonly namespace: string };
  /** The namespace in which it may. */
  readonly namespace: string;
  /** The Secrets that it may read and change. */
  readonly secrets: readonly string[];
  readonly labels: Labels;
}

/**
 * The right to make Secrets in a namespace, and to read and change those of some names. That to make cannot be kept to names, since
 * Kubernetes does not know the name of what is not there yet; it overwrites nothing.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
export class SecretWriter extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name, account, namespace, secrets, labels }: SecretWriterProps,
  ) {
    super(scope, id);
    const metadata = { name, namespace, labels };
    const core = { apiGroups: [""], resources: ["secrets"] };
    const role = new RoleV1(this, "role", {
      metadata,
      rule: [
        { ...core, verbs: ["create"] },
        { ...core, resourceNames: [...secrets], verbs: ["get", "patch"] },
      ],
    });
    new RoleBindingV1(this, "binding", {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subject: [{ kind: "ServiceAccount", name: account.name, namespace: account.namespace }],
    });
  }
}
