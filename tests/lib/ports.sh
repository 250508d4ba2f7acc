# free_block: the first of 23 neighbouring ports that nobody uses, below those the system hands out by itself.
free_block() {
  local first port
  while :; do
    first=$((20000 + RANDOM % 12000))
    for port in "$first" $((first + 1)) $((first + 2)) $((first + 3)) $((first + 4)) $((first + 10)) $((first + 20)) $((first + 21)) $((first + 22)); do
      ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue 2
    done
    printf '%s' "$first"
    return
  done
}
