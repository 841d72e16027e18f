# shellcheck shell=bash
# Secrets on Azure: of Key Vault, which encrypts all of them alike, so `plain` changes nothing. SET makes a new version and
# keeps the old ones: https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret/set-secret

is_secret() { [[ $1 =~ ^[0-9A-Za-z-]{1,127}$ ]] || { say "$1 is no secret's name" && return 1; }; }

secret_get() { # NAME FILE
  local value
  value=$(secret_text "$1") || return "$?"
  value_write "$2" "$value"
}

# secret_is NAME FILE: whether that text is the secret's. 1 where another one is.
secret_is() {
  local value
  value=$(secret_text "$1") || return "$?"
  text_is "$2" "$value"
}

secret_text() { # NAME: as it stands in JSON
  local again status
  is_secret "$1" || return 1
  for again in yes no; do
    vault GET "secrets/$1" || return "$?"
    if [ "$REPLY_CODE/$REPLY_ERROR" != 404/SecretNotFound ]; then
      azure_answer || return "$?"
      printf '%s' "$REPLY_BODY" | json_at .value || return "$UNREACHABLE"
      return
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
  is_secret "$1" && value_read "$2" || return 1
  vault_put "$1" "{\"value\":\"$VALUE\"}"
}

# secret_publish NAME FILE plain|END: text of any kind. Its END, in seconds since 1970, is shown with it; it can be read after
# that, too: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes
secret_publish() {
  local VALUE ends=''
  is_secret "$1" && text_read "$2" || return 1
  [ "$3" = plain ] || ends=",\"attributes\":{\"exp\":$3}"
  vault_put "$1" "{\"value\":\"$VALUE\"$ends}"
}

vault_put() { # NAME JSON
  vault PUT "secrets/$1" --data-binary @- < <(printf '%s' "$2") || return "$?"
  # Its name is not free before it has been recovered or purged.
  # https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
  case $REPLY_CODE/$REPLY_INNER in 409/ObjectIsDeletedButRecoverable | 409/ObjectIsBeingDeleted) return "$DELETED" ;; esac
  azure_answer
}
