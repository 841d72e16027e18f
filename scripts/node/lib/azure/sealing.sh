# shellcheck shell=bash
# Key Vault's part in sealing: RSA-OAEP-256 by a key of 2,048 bits, which takes 190 bytes. It binds no context: of which
# cluster something is stands in what lib/sealing.sh seals. Versions: the header names the one that a file was sealed by,
# so a key can be rotated as long as its old versions stay enabled.
#
# https://learn.microsoft.com/rest/api/keyvault/keys/encrypt/encrypt and decrypt/decrypt

# It wants base64url, and not in lines.
base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# The `value` of the answer, in base64 with its padding.
vault_value() {
  local value
  value=$(printf '%s' "$REPLY_BODY" | json_at .value | tr -- '-_' '+/') || return "$UNREACHABLE"
  while [ $((${#value} % 4)) -ne 0 ]; do value+='='; done
  printf '%s' "$value"
}

seal_key() { # CLUSTER
  local key
  vault POST "keys/${SEALING_KEY:?}/encrypt" --data-binary @- \
    < <(printf '{"alg":"RSA-OAEP-256","value":"' && base64url && printf '"}') || return "$?"
  key_answer || return "$?"
  # The answer says which version is the newest.
  key=$(printf '%s' "$REPLY_BODY" | json_at .kid) || return "$UNREACHABLE"
  SEALING_VERSION=${key##*/}
  [[ $SEALING_VERSION =~ ^[A-Za-z0-9]+$ ]] || return "$UNREACHABLE"
  vault_value && printf '\n'
}

unseal_key() { # CLUSTER
  vault POST "keys/${SEALING_KEY:?}/$SEALING_VERSION/decrypt" --data-binary @- \
    < <(printf '{"alg":"RSA-OAEP-256","value":"' && base64 -d | base64url && printf '"}') || return "$?"
  # It decrypts to nothing that anybody has encrypted.
  [ "$REPLY_CODE/$REPLY_ERROR" != 400/BadParameter ] || return 1
  key_answer || return "$?"
  vault_value | base64 -d || return "$UNREACHABLE"
}

key_answer() { # a key or version that is not there is deleted, which can be taken back, or purged
  [ "$REPLY_CODE/$REPLY_ERROR" != 404/KeyNotFound ] || return "$DENIED"
  azure_answer
}
