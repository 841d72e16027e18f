# shellcheck shell=bash
# Secrets on AWS: parameters of Systems Manager, encrypted with the sealing key unless they are `plain`. A parameter that
# is deleted is gone at once and leaves no trace, so none is ever DELETED.
#
# Errors: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and API_PutParameter.html

ssm() { aws_json ssm "${SSM_URL:-https://ssm.$AWS_REGION.amazonaws.com}" "AmazonSSM.$1"; } # ACTION

ssm_answer() {
  case $REPLY_ERROR in
    ParameterNotFound) return "$ABSENT" ;;
    ParameterAlreadyExists) return "$TAKEN" ;;
    InvalidKeyId) return "$DENIED" ;; # the key is disabled, or not ours to use
    *) aws_answer ;;
  esac
}

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
  is_value "$1" || { say "$1 is no parameter's name" && return 1; }
  ssm GetParameter < <(printf '{"Name":"%s","WithDecryption":true}' "$1") || return "$?"
  ssm_answer || return "$?"
  printf '%s' "$REPLY_BODY" | json_at .Parameter.Value || return "$UNREACHABLE"
}

secret_put_new() { ssm_put false "$@"; } # NAME FILE [plain]: TAKEN where it is there

# The hundredth version pushes out the oldest by itself:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
secret_put() { ssm_put true "$@"; } # NAME FILE [plain]

# secret_publish NAME FILE plain|END: text of any kind. Its END is for clouds whose secrets have one.
secret_publish() { ssm_put true "$@" text_read; }

ssm_put() { # OVERWRITE NAME FILE [plain [READ]]
  local kind='"Type":"String"' VALUE
  is_value "$2" || { say "$2 is no parameter's name" && return 1; }
  "${5:-value_read}" "$3" || return 1
  [ "${4:-}" = plain ] || kind='"Type":"SecureString","KeyId":"'${SEALING_KEY:?}'"'
  ssm PutParameter < <(printf '{"Name":"%s","Value":"%s",%s,"Overwrite":%s}' "$2" "$VALUE" "$kind" "$1") || return "$?"
  ssm_answer
}
