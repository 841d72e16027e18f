import type { Attribute, Block, CtyType } from "./schema";

const required = (type: CtyType = "string"): Attribute => ({ type, required: true });
const optional = (type: CtyType = "string"): Attribute => ({ type, optional: true });
const computed = (type: CtyType = "string"): Attribute => ({ type, computed: true });
const either = (type: CtyType = "string"): Attribute => ({ type, optional: true, computed: true });
const secret: Attribute = { type: "string", computed: true, sensitive: true };
const single = (block: Block) => ({ nesting: "single" as const, block });

/** Of the AWS provider every ephemeral type takes a region since version 6: internal/provider/framework/region.go. */
const region = either();

/** The ephemeral types that are simulated, by provider: each read from the provider's own source. */
export const EPHEMERAL_TYPES: Readonly<Record<string, Readonly<Record<string, Block>>>> = {
  "hashicorp/random": {
    // terraform-provider-random e1092b0cfc07 internal/provider/ephemeral_password.go
    random_password: {
      attributes: {
        length: required("number"),
        special: either("bool"),
        upper: either("bool"),
        lower: either("bool"),
        numeric: either("bool"),
        min_numeric: either("number"),
        min_upper: either("number"),
        min_lower: either("number"),
        min_special: either("number"),
        override_special: optional(),
        result: secret,
        bcrypt_hash: secret,
      },
      blocks: {},
    },
  },
  "hashicorp/aws": {
    // terraform-provider-aws 5f2286d6d836 internal/service/secretsmanager/secret_version_ephemeral.go
    aws_secretsmanager_secret_version: {
      attributes: {
        ...{ region, arn: computed(), created_date: computed(), secret_id: required() },
        ...{ secret_binary: secret, secret_string: secret },
        ...{ version_id: either(), version_stage: either(), version_stages: computed(["list", "string"]) },
      },
      blocks: {},
    },
    // terraform-provider-aws 5f2286d6d836 internal/service/ssm/parameter_ephemeral.go
    aws_ssm_parameter: {
      attributes: {
        ...{ region, arn: required(), name: computed(), type: computed(), value: secret },
        ...{ version: computed("number"), with_decryption: either("bool") },
      },
      blocks: {},
    },
  },
  "hashicorp/azurerm": {
    // terraform-provider-azurerm fae580791926 internal/services/keyvault/key_vault_secret_ephemeral.go
    azurerm_key_vault_secret: {
      attributes: {
        ...{ name: required(), key_vault_id: required(), version: either() },
        ...{ expiration_date: computed(), not_before_date: computed() },
        // The provider does not mark it; here it is, since nothing else would hide it.
        value: secret,
      },
      blocks: {},
    },
  },
  "hashicorp/kubernetes": {
    // terraform-provider-kubernetes 3a33fb6cc605 internal/framework/provider/authenticationv1/ephemeral_token_request_v1.go
    kubernetes_token_request_v1: {
      attributes: { token: { ...either(), sensitive: true }, expiration_timestamp: either() },
      blocks: {
        metadata: single({ attributes: { name: required(), namespace: required() }, blocks: {} }),
        spec: single({
          attributes: { audiences: either(["list", "string"]), expiration_seconds: either("number") },
          blocks: {
            bound_object_ref: single({
              attributes: { api_version: optional(), kind: optional(), name: optional(), uid: optional() },
              blocks: {},
            }),
          },
        }),
      },
    },
    // terraform-provider-kubernetes 3a33fb6cc605 internal/framework/provider/certificatesv1/ephemeral_certificate_signing_request_v1.go
    kubernetes_certificate_signing_request_v1: {
      attributes: { auto_approve: optional("bool"), certificate: either() },
      blocks: {
        metadata: single({ attributes: { name: required() }, blocks: {} }),
        spec: single({
          attributes: {
            usages: optional(["list", "string"]),
            expiration_seconds: optional("number"),
            request: required(),
            signer_name: required(),
          },
          blocks: {},
        }),
      },
    },
  },
};
