# Debian's packages. Root gets what is missing; anyone else is told what to install.

# require_packages PACKAGE…
require_packages() {
  local package missing=()
  for package; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    fail "These Debian packages are missing: ${missing[*]}. Install them as root:
    apt-get install --no-install-recommends ${missing[*]}
PostgreSQL and RabbitMQ then need no service of the machine's own; Fidelity starts private ones."
  fi
  step packages "installing ${missing[*]}"
  local log=$LOGS/packages.log
  (
    trap give_machine_settings_back EXIT
    keep_machine_services_down
    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    apt-get update || true
    apt-get install --yes --no-install-recommends "${missing[@]}"
  ) >"$log" 2>&1 9>&- </dev/null || fail_with_log "$log" "Installing ${missing[*]} failed."
  step packages "installed ${missing[*]}"
}

# Debian's postgresql creates a cluster and starts it, rabbitmq-server starts a broker. Nobody asked for these:
# for the time of the installation both are told not to, in the ways Debian provides for it.
# A start policy that the machine already has is left alone.
POLICY=/usr/sbin/policy-rc.d
NO_CLUSTER=/etc/postgresql-common/createcluster.d/fidelity.conf

keep_machine_services_down() {
  if [[ ! -e $POLICY ]]; then
    printf '#!/bin/sh\n# Laid down by Fidelity while it installs packages.\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
    policy_is_ours=yes
  fi
  install -d "${NO_CLUSTER%/*}"
  echo 'create_main_cluster = false' >"$NO_CLUSTER"
  command -v rabbitmqctl >/dev/null || broker_is_new=yes
}

give_machine_settings_back() {
  if [[ ${policy_is_ours:-} ]]; then rm -f "$POLICY"; fi
  rm -f "$NO_CLUSTER"
  # Under systemd the broker that came with the package would start with the machine's next boot.
  if [[ ${broker_is_new:-} ]] && command -v systemctl >/dev/null; then
    systemctl disable --quiet rabbitmq-server.service || true
  fi
}
