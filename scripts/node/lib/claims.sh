# shellcheck shell=bash
# Which Ingresses a new one is compared with: the policy `ingress-claims` takes a namespace's Ingresses as its parameters, and a
# binding can name one namespace and not all of them, so each namespace has one.
# https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#per-namespace-parameters

CLAIMS=ingress-claims
CLAIMS_LABEL=keelson/ingress-claims

# claims_bind: makes the bindings that are missing, and takes those away whose namespace is gone.
claims_bind() {
  local there bound missing gone namespace status=0
  local bindings=(kube get validatingadmissionpolicybindings --selector "$CLAIMS_LABEL")
  there=$(kube get namespaces -o "jsonpath={range .items[*]}{.metadata.name}{'\n'}{end}" | sort) || return 1
  bound=$("${bindings[@]}" -o "jsonpath={range .items[*]}{.spec.paramRef.namespace}{'\n'}{end}" | sort) || return 1
  [ -n "$there" ] || return 1
  missing=$(comm -23 <(printf '%s\n' "$there") <(printf '%s\n' "$bound"))
  gone=$(comm -13 <(printf '%s\n' "$there") <(printf '%s\n' "$bound") | sed -n "s/./$CLAIMS.&/p")
  if [ -n "$missing" ]; then
    while read -r namespace; do claims_binding "$namespace"; done <<<"$missing" |
      kube apply --server-side --force-conflicts --field-manager keelson --filename - >/dev/null || status=1
  fi
  # shellcheck disable=SC2086 # names
  [ -z "$gone" ] || kube delete validatingadmissionpolicybinding --ignore-not-found $gone >/dev/null || status=1
  return "$status"
}

claims_binding() { # NAMESPACE
  cat <<YAML
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: "$CLAIMS.$1", labels: { $CLAIMS_LABEL: "" } }
spec:
  policyName: $CLAIMS
  validationActions: [Deny]
  paramRef: { namespace: "$1", selector: {}, parameterNotFoundAction: Allow }
YAML
}
