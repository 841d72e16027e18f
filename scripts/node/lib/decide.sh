# shellcheck shell=bash
# The decision of the boot protocol, as a function of facts alone: docs/boot-protocol.md has the table.
#
#   local:     none | current | older | unknown   data of no epoch, of the newest one, of one that was taken over
#   witness:   absent | deleted | initialising | initialised | strange | unknown
#   genesis:   absent | present | foreign | deleted | no-store | unknown   foreign: of another cluster than the witness'
#   snapshots: never | none | deleted | some | no-store | unknown          never: nothing was ever under the prefixes
#
# Prints start, fence, found, rebuild, "hold <code>" or "retry <code>".
decide() { # LOCAL WITNESS GENESIS SNAPSHOTS
  local data=$1 witness=$2 genesis=$3 snapshots=$4
  case $data in
    current) echo start && return ;;
    older) echo fence && return ;;
    unknown) echo "retry epochs-unknown" && return ;;
  esac
  [ "$witness" != unknown ] || { echo "retry witness-unknown" && return; }
  case $genesis in unknown) echo "retry genesis-unknown" && return ;; esac
  case $snapshots in unknown) echo "retry snapshots-unknown" && return ;; esac

  case $witness in
    absent)
      # A bucket that is not there yet is still on its way: nothing says that a cluster ever was.
      if [ "$genesis" = no-store ] || [ "$snapshots" = no-store ]; then
        echo "retry no-store"
      elif [ "$genesis" = absent ] && [ "$snapshots" = never ]; then
        echo found
      else
        echo "hold witness-lost"
      fi ;;
    initialising)
      case $genesis/$snapshots in
        no-store/* | */no-store) echo "retry no-store" ;;
        foreign/*) echo "hold genesis-foreign" ;;
        deleted/*) echo "hold genesis-deleted" ;;
        # The first boot died between its first snapshot and its last word: there is something to come back to.
        present/some) echo rebuild ;;
        */some) echo "hold genesis-gone" ;;
        */deleted) echo "hold snapshots-gone" ;;
        *) echo found ;;
      esac ;;
    initialised)
      case $genesis/$snapshots in
        no-store/* | */no-store) echo "hold store-gone" ;;
        foreign/*) echo "hold genesis-foreign" ;;
        present/some) echo rebuild ;;
        present/*) echo "hold snapshots-gone" ;;
        deleted/*) echo "hold genesis-deleted" ;;
        *) echo "hold genesis-gone" ;;
      esac ;;
    deleted) echo "hold witness-deleted" ;;
    *) echo "hold witness-strange" ;;
  esac
}
