# shellcheck shell=bash
# What an operator's machine does in place of a master's, on Azure: it is signed in by `az`, and has no managed identity.

# Once for the whole run, since the command line takes a second each time. Not exported: commands do not see it.
operator_sign_in() {
  local token
  needs az
  token=$(az account get-access-token --resource https://storage.azure.com/ --query accessToken -o tsv) ||
    fail "az gave no token: run az login"
  OPERATOR_CREDENTIALS="header = \"Authorization: Bearer $token\""
}

credentials() { printf '%s\n' "$OPERATOR_CREDENTIALS"; }

store_tags() { blob_request GET "$1" 'comp=tags' && blob_answer; } # KEY, into REPLY_BODY
