# shellcheck shell=bash
# The Blob half of the object store. STORE_URL is a container's address, such as
# https://<account>.blob.core.windows.net/<container>. An account that is gone has no address any more, which cannot be
# told from a name server in trouble: unreachable.
#
# The account keeps versions and deleted blobs, and has no hierarchical namespace, which has no versions. Azurite keeps
# neither and takes no notice of `include=deleted,versions`, so against it alone a removed blob is absent.

# blob_request METHOD KEY QUERY [curl arguments]: see `request`. No KEY: the container.
blob_request() {
  local method=$1 key=$2 query=$3
  shift 3
  azure_request https://storage.azure.com/ "$method" "${STORE_URL%/}${key:+/$(encode "$key" /)}${query:+?$query}" \
    --header 'x-ms-version: 2023-11-03' "$@"
}

# Errors: https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
blob_answer() {
  case $REPLY_CODE/$REPLY_ERROR in
    200/* | 201/* | 204/*) return 0 ;;
    404/ContainerNotFound) return "$NO_STORE" ;;
    404/BlobNotFound) return "$ABSENT" ;;
    409/BlobAlreadyExists | 412/ConditionNotMet) return "$TAKEN" ;;
    401/* | 403/*) return "$DENIED" ;;
    # Among them a 404 that does not say of what, and a 409 or 412 for another reason than the condition, such as a lease.
    *) return "$UNREACHABLE" ;;
  esac
}

store_get() { # KEY FILE, and the blob's version for store_swap in STORE_ETAG
  local status=0
  download "$2" blob_request GET "$1" '' || return "$?"
  blob_answer || status=$?
  # shellcheck disable=SC2034 # for the caller
  STORE_ETAG=$REPLY_ETAG
  [ "$status" -eq "$ABSENT" ] || return "$status"
  # Whether it ever was is not said here, but in the listing.
  blob_listed "$1" deleted,versions || return "$?"
  status=0
  blob_listed "$1" || status=$?
  case $status in
    0) return "$UNREACHABLE" ;; # it came while we were asking: ask again
    "$ABSENT") return "$DELETED" ;;
    *) return "$status" ;;
  esac
}

blob_listed() { # KEY [INCLUDE]: 0, ABSENT, or what the listing was answered with
  local names
  names=$(blob_list "$@") || return "$?"
  # Not `grep -q`: it would leave the rest unread, and the pipe broken.
  grep -Fx -- "$1" <<<"$names" >/dev/null || return "$ABSENT"
}

# One request holds up to 5,000 MiB: https://learn.microsoft.com/rest/api/storageservices/put-blob
blob_put() { # KEY FILE [curl arguments]
  local key=$1 file=$2
  shift 2
  blob_request PUT "$key" '' --upload-file "$file" --header 'x-ms-blob-type: BlockBlob' "$@" || return "$?"
  blob_answer
}

store_put_new() { blob_put "$1" "$2" --header 'If-None-Match: *'; } # KEY FILE

store_swap() { blob_put "$1" "$2" --header "If-Match: $3"; } # KEY FILE ETAG; TAKEN also where there is no blob

# LIST_PAGE: how many names Blob puts into one answer, 5,000 at most. It may put in fewer, or none, and still have more.
blob_list() { # PREFIX [INCLUDE]: each name below it on a line
  local marker='' query
  while :; do
    query="restype=container&comp=list&maxresults=${LIST_PAGE:-5000}&prefix=$(encode "$1")"
    query+="${2:+&include=$2}${marker:+&marker=$(encode "$marker")}"
    blob_request GET '' "$query" || return "$?"
    blob_answer || return "$?"
    # A name that XML cannot hold comes encoded and says so. No key of ours does.
    [[ $REPLY_BODY == *'</EnumerationResults>'* && $REPLY_BODY != *'<Name '* ]] || return "$UNREACHABLE"
    elements Name
    marker=$(elements NextMarker)
    [ -n "$marker" ] || return 0
  done
}

store_list() { blob_list "$1"; } # PREFIX: each key below it on a line

store_ever() { # PREFIX: 0 where anything lies below it or ever did, ABSENT where nothing did
  local names
  names=$(blob_list "$1" deleted,versions) || return "$?"
  [ -n "$names" ] || return "$ABSENT"
}

# PREFIX: 0 where anything below it was deleted, ABSENT where nothing was.
store_deleted() {
  local ever now
  ever=$(blob_list "$1" deleted,versions) || return "$?"
  now=$(blob_list "$1") || return "$?"
  grep -vxF -- "$now" <<<"$ever" | grep . >/dev/null || return "$ABSENT"
}

store_tag() { # KEY NAME VALUE: replaces all tags of the blob
  local tags="<Tags><TagSet><Tag><Key>$2</Key><Value>$3</Value></Tag></TagSet></Tags>"
  blob_request PUT "$1" 'comp=tags' --header 'Content-Type: application/xml' \
    --data-binary "<?xml version=\"1.0\" encoding=\"utf-8\"?>$tags" || return "$?"
  blob_answer
}
