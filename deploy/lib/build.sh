# From source to published services.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# Start order: the portal last, because whoever sees it expects the rest to work.
SERVICES=(Roster Tam Surveys Pir Portal)

require_sdk() {
  command -v dotnet >/dev/null || fail "The .NET SDK 10 is missing: there is no dotnet on the path. See https://dot.net/download"
  # In the repository, because global.json has a say in which one is used.
  [[ $(cd "$ROOT" && dotnet --version 2>/dev/null) == 10.* ]] ||
    fail "The .NET SDK 10 is missing. dotnet here has: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
}

require_runtime() {
  local runtimes=''
  if command -v dotnet >/dev/null; then runtimes=$(dotnet --list-runtimes); fi
  [[ $runtimes == *'Microsoft.AspNetCore.App 10.'* ]] || fail "The ASP.NET Core runtime 10 is missing. See https://dot.net/download"
}

# service_projects: the project file of every service that exists.
service_projects() {
  local service project
  for service in "${SERVICES[@]}"; do
    for project in "$ROOT/services/$service"/*.csproj; do
      [[ ! -e $project ]] || printf '%s\n' "$project"
    done
  done
}

# choose_event_store [nearest]: asks the package feed whether Marten restores here, once per version and source, and sets
# USE_MARTEN (true or false) and EVENT_STORE (a sentence to print). The answer is kept in FIDELITY_DATA/marten/answer;
# a feed that does not respond is no answer. A feed may have Marten but not the very versions of what it depends on, and
# give the next ones instead: with `nearest` that will do.
choose_event_store() {
  local folder=$FIDELITY_DATA/marten log=$LOGS/marten.log version question answered='' answer='' instead=''
  version=$(sed -n 's/.*Include="Marten" Version="\([^"]*\)".*/\1/p' "$ROOT/Directory.Packages.props")
  question="$version ${FIDELITY_NUGET_SOURCE:-}"
  if [[ -e $folder/answer ]]; then { read -r answered && read -r answer; } <"$folder/answer"; fi
  if [[ $answered != "${question% }" ]]; then
    answer=$(ask_feed "$folder" "$log")
    [[ $answer == unknown ]] || printf '%s\n' "${question% }" "$answer" >"$folder/answer"
  fi
  if [[ $answer == inexact && ${1:-} == nearest ]]; then
    if [[ $(ask_feed "$folder" "$log" -p:WarningsNotAsErrors=NU1603) == true ]]; then
      answer=true
      instead=" with $(sed -n 's/.*was not found\. \([^ ]* [^ ]*\) was resolved instead.*/\1/p' "$log" | sort -u | paste -sd, | sed 's/,/, /g')"
      BUILD_PROPERTIES+=(-p:WarningsNotAsErrors=NU1603)
    fi
  fi
  # Both are read by whoever sourced this file.
  # shellcheck disable=SC2034
  case $answer in
    true) USE_MARTEN=true EVENT_STORE="Marten $version$instead" ;;
    false) USE_MARTEN=false EVENT_STORE="Fidelity.MartenSubstitute (the package feed has no Marten $version)" ;;
    inexact) USE_MARTEN=false EVENT_STORE="Fidelity.MartenSubstitute (the package feed has Marten $version, but not what it was released with)" ;;
    *) USE_MARTEN=false EVENT_STORE="Fidelity.MartenSubstitute (the package feed could not be asked for Marten $version; see $log)" ;;
  esac
}

# ask_feed FOLDER LOG [OPTION…]: restores a project that wants Marten under this repository's pinned versions.
ask_feed() {
  local folder=$1 log=$2
  shift 2
  install -d -m 700 -- "$folder"
  cp -- "$ROOT/Directory.Packages.props" "$folder/"
  # Nothing else of a repository around this folder shall count.
  echo '<Project />' | tee "$folder/Directory.Build.props" >"$folder/Directory.Build.targets"
  cat >"$folder/Question.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <FrameworkReference Include="Microsoft.AspNetCore.App" />
    <PackageReference Include="Marten" />
    <PackageReference Include="Npgsql" />
  </ItemGroup>
</Project>
XML
  if timeout 300 dotnet restore "$folder/Question.csproj" "${BUILD_PROPERTIES[@]}" "$@" >"$log" 2>&1 9>&-; then
    echo true
  elif grep -q 'NU1301' "$log" || ! grep -q 'error NU' "$log"; then
    echo unknown
  elif grep 'error NU' "$log" | grep -qv 'error NU1603'; then
    echo false
  else
    echo inexact
  fi
}

# Build servers that outlive the build would be something that up.sh started and down.sh does not stop.
BUILD_PROPERTIES=(--disable-build-servers)
if [[ ${FIDELITY_NUGET_SOURCE:-} ]]; then
  BUILD_PROPERTIES+=("-p:RestoreAdditionalProjectSources=$FIDELITY_NUGET_SOURCE")
fi

# fingerprint: changes when anything changes that the published services are made from.
fingerprint() {
  (
    cd "$ROOT" || exit
    printf '%s\n' "UseMarten=$USE_MARTEN" "$(dotnet --version)"
    find contracts services ./Directory.* ./global.json ./.editorconfig \
      -type d \( -name bin -o -name obj \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  ) | sha256sum | cut -d' ' -f1
}

# publish_services FOLDER [OPTION…]: every service in Release into FOLDER/<Service>; nothing to do when FOLDER was
# published from the same sources. The new ones replace the old ones at once, when all of them are ready.
publish_services() {
  local folder=$1 log=$LOGS/build.log started=$SECONDS mark project service
  shift
  mark=$(fingerprint)
  if [[ -e $folder/fingerprint && $(<"$folder/fingerprint") == "$mark" ]]; then
    step build "unchanged since it was published to $folder"
    return
  fi
  transient "  build: publishing the services"
  install -d -m 700 -- "$FIDELITY_DATA/build"
  # One solution of the services alone: one restore, one build in parallel, and no tests in it.
  {
    echo '<Solution>'
    service_projects | while read -r project; do printf '  <Project Path="%s" />\n' "$project"; done
    echo '</Solution>'
  } >"$FIDELITY_DATA/build/Services.slnx"
  while read -r project; do rm -rf -- "${project%/*}/bin/Release/net10.0/publish"; done < <(service_projects)
  # Without the first property, projects that the services refer to but the solution does not name are built as Debug.
  dotnet publish "$FIDELITY_DATA/build/Services.slnx" --configuration Release \
    -p:ShouldUnsetParentConfigurationAndPlatform=false "-p:UseMarten=$USE_MARTEN" "${BUILD_PROPERTIES[@]}" "$@" >"$log" 2>&1 9>&- || fail_with_log "$log" "The build failed."

  rm -rf -- "$folder.new"
  install -d -m 700 -- "$folder.new"
  while read -r project; do
    service=$(basename "${project%/*}")
    cp -R -- "${project%/*}/bin/Release/net10.0/publish" "$folder.new/$service"
  done < <(service_projects)
  echo "$mark" >"$folder.new/fingerprint"
  git -C "$ROOT" describe --always --dirty --abbrev=40 >"$folder.new/commit" 2>/dev/null || echo unknown >"$folder.new/commit"
  rm -rf -- "$folder"
  mv -- "$folder.new" "$folder"
  step build "published to $folder ($((SECONDS - started)) s)"
}

# commit_of APP: of the sources that the services there were published from.
commit_of() { cat -- "$1/commit" 2>/dev/null || echo unknown; }

# version_of_data: the commit whose services worked on the data last.
version_of_data() { cat -- "$FIDELITY_DATA/version" 2>/dev/null || echo unknown; }
