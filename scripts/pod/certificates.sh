# shellcheck shell=sh
# An authority of one add-on's own, and the certificate of its servers, by `consul tls`. Comes after kubernetes.sh.
# Needs NAMESPACE, DOMAIN (such as consul), DATACENTER and NAMES (the names of the servers, with spaces between them).

AUTHORITY_DAYS=3650
CERTIFICATE_DAYS=365
# A run a week has four months to bring the next one.
RENEW_BEFORE=$((120 * 24 * 3600))

# authority SECRET: makes it where there is none. Read back, since another run may have been first: ca.crt and ca.key in WORK.
authority() {
  if ! secret_read "$NAMESPACE" "$1" tls.crt="$WORK/ca.crt" tls.key="$WORK/ca.key"; then
    (cd "$WORK" && consul tls ca create -days="$AUTHORITY_DAYS" -domain="$DOMAIN" >/dev/null)
    secret_create "$NAMESPACE" "$1" kubernetes.io/tls \
      tls.crt="$WORK/$DOMAIN-agent-ca.pem" tls.key="$WORK/$DOMAIN-agent-ca-key.pem"
    secret_read "$NAMESPACE" "$1" tls.crt="$WORK/ca.crt" tls.key="$WORK/ca.key" || fail "$NAMESPACE/$1 is gone again"
  fi
}

# has_names CERTIFICATE: whether it is for all that the servers are called by now.
has_names() {
  has=,$(openssl x509 -in "$1" -noout -ext subjectAltName | grep DNS: | tr -d ' '),
  for name in "server.$DATACENTER.$DOMAIN" $NAMES; do
    case $has in *",DNS:$name,"*) ;; *) return 1 ;; esac
  done
}

# certificate SECRET: makes it where there is none, and a new one where it ends soon or lacks a name. Another authority takes over in three
# runs, and between two of them all who read ca.crt have to hear of it: it is trusted beside the old one, it signs, the old one is trusted
# no more.
certificate() {
  secret=$1
  if ! secret_read "$NAMESPACE" "$secret" tls.crt="$WORK/tls.crt" ca.crt="$WORK/trusted.crt"; then
    sign
    secret_create "$NAMESPACE" "$secret" kubernetes.io/tls \
      tls.crt="$WORK/new.crt" tls.key="$WORK/new.key" ca.crt="$WORK/ca.crt"
  elif ! signed_by "$WORK/trusted.crt" "$WORK/ca.crt"; then
    cat "$WORK/trusted.crt" "$WORK/ca.crt" >"$WORK/both.crt"
    secret_patch "$NAMESPACE" "$secret" ca.crt="$WORK/both.crt"
    say "a new authority is trusted beside the old one: the next run signs with it"
  elif ! signed_by "$WORK/ca.crt" "$WORK/tls.crt"; then
    sign
    secret_patch "$NAMESPACE" "$secret" tls.crt="$WORK/new.crt" tls.key="$WORK/new.key"
    say "the new authority has signed: the next run takes the old one away"
  elif ! cmp -s "$WORK/trusted.crt" "$WORK/ca.crt"; then
    secret_patch "$NAMESPACE" "$secret" ca.crt="$WORK/ca.crt"
    say "the old authority is trusted no more"
  elif ! openssl x509 -in "$WORK/tls.crt" -noout -checkend "$RENEW_BEFORE" >/dev/null || ! has_names "$WORK/tls.crt"; then
    sign
    secret_patch "$NAMESPACE" "$secret" tls.crt="$WORK/new.crt" tls.key="$WORK/new.key"
  else
    say "$NAMESPACE/$secret is good until $(openssl x509 -in "$WORK/tls.crt" -noout -enddate | cut -d = -f 2)"
  fi
}

# signed_by AUTHORITIES CERTIFICATE: whether one of them has signed it; of an authority's own, whether it is among them.
signed_by() { openssl verify -CAfile "$1" "$2" >/dev/null 2>&1; }

# A new certificate: new.crt and new.key in WORK.
sign() {
  set --
  for name in $NAMES; do set -- "$@" "-additional-dnsname=$name"; done
  rm -rf "$WORK/signed" && mkdir "$WORK/signed"
  (cd "$WORK/signed" && consul tls cert create -server -ca="$WORK/ca.crt" -key="$WORK/ca.key" -days="$CERTIFICATE_DAYS" \
    -domain="$DOMAIN" -dc="$DATACENTER" "$@" >/dev/null)
  mv "$WORK/signed/$DATACENTER-server-$DOMAIN-0.pem" "$WORK/new.crt"
  mv "$WORK/signed/$DATACENTER-server-$DOMAIN-0-key.pem" "$WORK/new.key"
}
