# shellcheck shell=bash
# Secrets on Azure: of Key Vault, which encrypts all of them alike, so `plain` changes nothing. SET makes a new version and
# keeps the old ones: https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret/set-secret

is_secret() { [[ $1 =~ ^[0-9A-Za-z-]{1,127}$ ]] || { say "$1 is no secret's name" && return 1; }; }

secret_get() { # NAME FILE
  local again status value
  is_secret "$1" || return 1
  for again in yes no; do
    vault GET "secrets/$1" || return "$?"
    if [ "$REPLY_CODE/$REPLY_ERROR" != 404/SecretNotFound ]; then
      azure_answer || return "$?"
      value=$(printf '%s' "$REPLY_BODY" | json_at .value) || return "$UNREACHABLE"
      value_write "$2" "$value"
      return "$?"
    fi
    status=0
    secret_deleted "$1" || status=$?
    [ "$status" -eq "$ABSENT" ] || return "$status"
    # While it is being deleted, or brought back, it is for some seconds at neither place.
    # https://learn.microsoft.com/python/api/azure-keyvault-secrets/azure.keyvault.secrets.secretclient
    [ "$again" = no ] || pause 10
  done
  return "$ABSENT"
}

# DELETED or ABSENT: https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret
secret_deleted() { # NAME
  vault GET "deletedsecrets/$1" || return "$?"
  [ "$REPLY_CODE/$REPLY_ERROR" != 404/SecretNotFound ] || return "$ABSENT"
  azure_answer || return "$?"
  return "$DELETED"
}

# secret_put_new NAME FILE [plain]: TAKEN where it is there. Key Vault has no put-if-absent, so this reads first, and of two
# that do so at once both may write: whoever has to be alone needs the store for it.
secret_put_new() {
  local status=0 VALUE
  value_read "$2" || return 1
  secret_get "$1" "$RUN_DIR/secret.$BASHPID" || status=$?
  rm -f "$RUN_DIR/secret.$BASHPID"
  case $status in
    0) return "$TAKEN" ;;
    "$ABSENT") secret_put "$1" "$2" ;;
    *) return "$status" ;;
  esac
}

secret_put() { # NAME FILE [plain]
  local VALUE
  is_secret "$1" || return 1
  value_read "$2" || return 1
  vault PUT "secrets/$1" --data-binary @- < <(printf '{"value":"%s"}' "$VALUE") || return "$?"
  # Its name is not free before it has been recovered or purged.
  # https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
  case $REPLY_CODE/$REPLY_INNER in 409/ObjectIsDeletedButRecoverable | 409/ObjectIsBeingDeleted) return "$DELETED" ;; esac
  azure_answer
}
