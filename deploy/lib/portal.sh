# The portal's API, for scripts. Needs console.sh. Sets $url, $token and $answer, a file that goes when the script ends.

command -v curl >/dev/null || fail "curl is missing; install the Debian package curl."

url=${FIDELITY_URL:-http://127.0.0.1:${FIDELITY_PORT:-8080}}
url=${url%/}
token=${FIDELITY_TOKEN:-}
if [[ ! $token ]]; then
  token_file=${FIDELITY_DATA:-$here/../.run}/passwords/portal-token
  [[ -r $token_file ]] ||
    fail "There is no token in $token_file. Set FIDELITY_DATA to the installation's folder, or FIDELITY_TOKEN to a token (deploy/access.sh make-token)."
  token=$(<"$token_file")
fi
answer=$(mktemp)
trap 'rm -f -- "$answer" "$answer.file"' EXIT

# ask OUTPUT [OPTION…] PATH: writes the body to a file. With `Accept: text/plain` the portal answers in key=value lines.
ask() {
  local output=$1 status
  shift
  if ! status=$(curl --silent --show-error --noproxy 127.0.0.1,localhost --config <(printf 'header = "Authorization: Bearer %s"\n' "$token") \
    --output "$output" --write-out '%{http_code}' "${@:1:$#-1}" "$url${!#}" 2>&1); then
    fail "The portal at $url does not answer (${status%%$'\n'*}). Is Fidelity running? deploy/up.sh starts it."
  fi
  [[ $status == 2?? ]] && return
  end_transient
  printf 'error: The portal answered %s to %s:\n' "$status" "${!#}" >&2
  head -c 4000 -- "$output" | sed 's/^/    /' >&2
  printf '\n' >&2
  exit 1
}
