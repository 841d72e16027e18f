# shellcheck shell=bash
# The S3 half of the object store. STORE_URL is a bucket's address in its own region, such as
# https://<bucket>.s3.us-east-1.amazonaws.com: another region's answers with a redirect, which is taken for unreachable.
#
# The role needs s3:ListBucket, without which S3 answers 403 for a key that is not there.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

# s3_request METHOD KEY QUERY [curl arguments]: see `request`. QUERY is encoded and sorted.
s3_request() {
  local method=$1 key=$2 query=$3
  shift 3
  aws_request s3 "$method" "${STORE_URL%/}/$(encode "$key" /)${query:+?$query}" "$@"
}

# Errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
s3_answer() {
  case $REPLY_CODE/$REPLY_ERROR in
    200/* | 204/*) return 0 ;;
    404/NoSuchBucket) return "$NO_STORE" ;;
    404/NoSuchKey) [ "$REPLY_DELETED" = true ] && return "$DELETED" || return "$ABSENT" ;;
    412/PreconditionFailed) return "$TAKEN" ;;
    401/* | 403/* | 400/ExpiredToken | 400/InvalidToken) return "$DENIED" ;;
    # Among them a 404 that does not say of what: a proxy's, or of a name that leads astray.
    *) return "$UNREACHABLE" ;;
  esac
}

store_get() { # KEY FILE, and the object's version for store_swap in STORE_ETAG
  download "$2" s3_request GET "$1" '' || return "$?"
  s3_answer || return "$?"
  # shellcheck disable=SC2034 # for the caller
  STORE_ETAG=$REPLY_ETAG
}

# The digest goes with the file and is signed, so S3 refuses what is not the whole of it, and a bucket with object lock
# takes it. One request holds up to 5 GB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
s3_put() { # KEY QUERY FILE [curl arguments]
  local key=$1 query=$2 file=$3 digest hex bytes='' i tries=0
  shift 3
  hex=$(openssl dgst -sha256 -r "$file") || return "$UNREACHABLE"
  hex=${hex%% *}
  for ((i = 0; i < ${#hex}; i += 2)); do bytes+="\\x${hex:i:2}"; done
  digest=$(printf %b "$bytes" | base64) || return "$UNREACHABLE"
  while :; do
    s3_request PUT "$key" "$query" --upload-file "$file" --header "x-amz-content-sha256: $hex" \
      --header "x-amz-checksum-sha256: $digest" "$@" || return "$?"
    # Somebody else was at the key in the same moment, and may have failed as well: that nobody has it is possible.
    if [ "$REPLY_CODE/$REPLY_ERROR" != 409/ConditionalRequestConflict ] || [ "$tries" -ge 5 ]; then break; fi
    tries=$((tries + 1))
    pause "$tries"
  done
  s3_answer
}

store_put_new() { s3_put "$1" '' "$2" --header 'If-None-Match: *'; } # KEY FILE

store_swap() { s3_put "$1" '' "$2" --header "If-Match: $3"; } # KEY FILE ETAG

# LIST_PAGE: how many keys S3 puts into one answer, 1,000 at most.
store_list() { # PREFIX: each key below it on a line
  local token=''
  while :; do
    s3_request GET '' "${token:+continuation-token=$(encode "$token")&}list-type=2&max-keys=${LIST_PAGE:-1000}&prefix=$(encode "$1")" ||
      return "$?"
    s3_answer || return "$?"
    [[ $REPLY_BODY == *'</ListBucketResult>'* ]] || return "$UNREACHABLE"
    elements Key
    token=$(elements NextContinuationToken)
    if [ -z "$token" ]; then
      [[ $REPLY_BODY == *'<IsTruncated>false</IsTruncated>'* ]] || return "$UNREACHABLE"
      return 0
    fi
  done
}

store_ever() { # PREFIX: 0 where anything lies below it or ever did, ABSENT where nothing did
  s3_request GET '' "max-keys=1&prefix=$(encode "$1")&versions=" || return "$?"
  s3_answer || return "$?"
  [[ ! $REPLY_BODY =~ \<(Version|DeleteMarker)\> ]] || return 0
  [[ $REPLY_BODY == *'<IsTruncated>false</IsTruncated>'*'</ListVersionsResult>'* ]] || return "$UNREACHABLE"
  return "$ABSENT"
}

# PREFIX: 0 where anything below it was deleted, ABSENT where nothing was.
store_deleted() {
  local marker=''
  while :; do
    s3_request GET '' "${marker:+key-marker=$(encode "$marker")&}max-keys=1000&prefix=$(encode "$1")&versions=" || return "$?"
    s3_answer || return "$?"
    [[ $REPLY_BODY == *'</ListVersionsResult>'* ]] || return "$UNREACHABLE"
    [[ ! $REPLY_BODY =~ \<DeleteMarker\> ]] || return 0
    [[ $REPLY_BODY == *'<IsTruncated>true</IsTruncated>'* ]] || return "$ABSENT"
    marker=$(elements NextKeyMarker)
    [ -n "$marker" ] || return "$UNREACHABLE"
  done
}

store_tag() { # KEY NAME VALUE: replaces all tags of the object
  local file=$RUN_DIR/tagging.$BASHPID status=0
  printf '<Tagging><TagSet><Tag><Key>%s</Key><Value>%s</Value></Tag></TagSet></Tagging>' "$2" "$3" >"$file"
  s3_put "$1" 'tagging=' "$file" || status=$?
  rm -f "$file"
  return "$status"
}
