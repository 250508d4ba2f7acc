#!/usr/bin/env bash
# Exports a table to a file and checks what arrived against its manifest, which is written beside it.
#
#   deploy/export.sh TABLE [--profile PROFILE] [--programme NAME] [--team ID] [--period NAME] [--measure KEY]
#                    [--recipient NAME] [--position NUMBER] [--to FOLDER]
#
#   TABLE              trends, reviews, interviews or opportunities
#   --profile PROFILE  excel, swedish_csv, analyst (default) or published
#   --recipient NAME   who the file is for; ids in it are pseudonyms of their own for each recipient
#   --position NUMBER  of an earlier manifest: the file comes out the same to the byte, until a case in it is erased
#   --to FOLDER        where the file goes (default: here)
#
# Environment:
#   FIDELITY_URL     the portal's address (default: http://127.0.0.1:$FIDELITY_PORT, with port 8080)
#   FIDELITY_TOKEN   a token with the purpose follow_team, and for single records see_cases or see_scores (default: the one of the
#                    installation in FIDELITY_DATA)
#
# Exits 0 when the file is there and is the same as any before it, 3 when it differs because a case was erased or rules have another
# version, 1 when it failed, 2 when called wrongly.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

# Without a row more for this long, waiting is left to whoever looks at the export's page.
PATIENCE=300

query=() table='' folder=.
while (($#)); do
  case $1 in
    --help)
      usage_of "$0"
      exit 0
      ;;
    --profile | --programme | --team | --period | --measure | --recipient | --position)
      [[ ${2:-} ]] || wrong_use=yes
      query+=(--data-urlencode "${1#--}=${2:-}")
      shift
      ;;
    --to)
      folder=${2:-}
      [[ $folder ]] || wrong_use=yes
      shift
      ;;
    -*) wrong_use=yes ;;
    *)
      [[ -z $table ]] || wrong_use=yes
      table=$1
      ;;
  esac
  (($#)) && shift
done
if [[ ${wrong_use:-} || -z $table ]]; then
  usage_of "$0" >&2
  exit 2
fi
[[ -d $folder ]] || fail "There is no folder $folder."

. "$here/lib/portal.sh"

# value KEY: of the manifest as last answered.
value() { sed -n "s/^$1=//p" "$answer" | tr -d '\r'; }

# What is asked for stands in the address, as the log and the description of the API have it.
ask "$answer" --get --request POST --data-urlencode "table=$table" "${query[@]}" --header 'Accept: text/plain' /api/v1/exports
id=$(value id)
[[ $id ]] || fail "The portal named no export."
last='' news=$SECONDS
while [[ $(value state) == waiting || $(value state) == running ]]; do
  if [[ $(value rows) != "$last" ]]; then
    last=$(value rows) news=$SECONDS
  elif ((SECONDS - news >= PATIENCE)); then
    fail "No row was written for $PATIENCE seconds. The export goes on by itself; see $url/exports/$id."
  fi
  transient "  export: $(value rows) of $(value expected) rows"
  sleep 0.5
  ask "$answer" --header 'Accept: text/plain' "/api/v1/exports/$id"
done
end_transient
[[ $(value state) == ready ]] || fail "The export is $(value state); ask for it again."

ask "$answer.file" "/api/v1/exports/$id/file"
file=$folder/$(value file)
[[ $(sha256sum <"$answer.file") == "$(value sha256)  -" ]] || fail "What arrived is not what the manifest says: a case may have been erased in between. Ask again."
mv -- "$answer.file" "$file"
ask "$file.manifest.json" "/api/v1/exports/$id"
say "$file: $(value rows) rows up to position $(value position), SHA-256 $(value sha256)"
case $(value repeats) in
  '') ;;
  identical) say "  the same, byte for byte, as when it was first asked for" ;;
  erased)
    say "  other than when it was first asked for, as a case in it has been erased since"
    exit 3
    ;;
  other_version)
    say "  other than when it was first asked for, as columns or rules have another version by now"
    exit 3
    ;;
  *) fail "It is other than when it was first asked for, which must not be." ;;
esac
