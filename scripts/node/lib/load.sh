# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR
# Sources every library, and of the clouds' halves that of $CLOUD.
: "${CLOUD:?aws or azure}"
LIB=${BASH_SOURCE[0]%/*}

# These two first, since others use them while they are read.
. "$LIB/log.sh"
. "$LIB/answers.sh"
for library in "$LIB/$CLOUD"/*.sh "$LIB"/*.sh; do
  case ${library#"$LIB/"} in load.sh | log.sh | answers.sh) continue ;; esac
  # shellcheck source=/dev/null
  . "$library"
done
unset library
