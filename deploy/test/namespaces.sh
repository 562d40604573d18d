# Three hosts on this machine: network namespaces joined by a bridge. To be sourced after trial.sh.
#   $id: unique, at most 8 characters; $net: the first three numbers of their addresses, $net.11 to $net.13;
#   $net.1 is this machine. host-1 to host-3 are their names inside.

make_hosts() {
  local why
  why=$(ip netns add "$id-1" 2>&1) || skip "network namespaces are not allowed here: $why"
  ip netns add "$id-2"
  ip netns add "$id-3"
  ip link add "$id" type bridge
  ip addr add "$net.1/24" dev "$id"
  ip link set "$id" up
  for n in 1 2 3; do
    ip link add "$id-$n" type veth peer name eth0 netns "$id-$n"
    ip link set "$id-$n" master "$id" up
    ip -n "$id-$n" addr add "$net.1$n/24" dev eth0
    ip -n "$id-$n" link set eth0 up
    ip -n "$id-$n" link set lo up
    mkdir -p "/etc/netns/$id-$n"
    { echo '127.0.0.1 localhost'; for m in 1 2 3; do echo "$net.1$m host-$m"; done; } > "/etc/netns/$id-$n/hosts"
  done
}

remove_hosts() {
  for n in 1 2 3; do
    ip netns del "$id-$n" 2> /dev/null || true
    rm -rf "/etc/netns/$id-$n"
  done
  ip link del "$id" 2> /dev/null || true
}
