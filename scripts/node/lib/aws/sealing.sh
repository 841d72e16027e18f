# shellcheck shell=bash
# KMS' part in sealing. The cluster is its encryption context, without which KMS decrypts nothing; it is in CloudTrail, and in
# what a key policy may ask for. A key that is rotated still decrypts what is older:
# https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
#
# Limits and errors: https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html and API_Decrypt.html

kms() { aws_json kms "${KMS_URL:-https://kms.$AWS_REGION.amazonaws.com}" "TrentService.$1"; } # ACTION

kms_answer() {
  case $REPLY_ERROR in
    InvalidCiphertextException | IncorrectKeyException) return 1 ;;
    # In this state: pending deletion, or its material not imported or out of reach.
    DisabledException | KMSInvalidStateException | NotFoundException) return "$DENIED" ;;
    *) aws_answer ;;
  esac
}

kms_context() { printf '"EncryptionContext":{"cluster":"%s"}' "$1"; } # CLUSTER

seal_key() { # CLUSTER
  local context
  context=$(kms_context "$1")
  kms Encrypt < <(printf '{"KeyId":"%s",%s,"Plaintext":"' "${SEALING_KEY:?}" "$context" && base64 -w 0 && printf '"}') ||
    return "$?"
  kms_answer || return "$?"
  printf '%s' "$REPLY_BODY" | json_at .CiphertextBlob || return "$UNREACHABLE"
}

unseal_key() { # CLUSTER
  local context
  context=$(kms_context "$1")
  # The key is named, so that no other one's work is taken, whoever made it.
  kms Decrypt < <(printf '{"KeyId":"%s",%s,"CiphertextBlob":"' "${SEALING_KEY:?}" "$context" && cat && printf '"}') ||
    return "$?"
  kms_answer || return "$?"
  printf '%s' "$REPLY_BODY" | json_at .Plaintext | base64 -d || return "$UNREACHABLE"
}
