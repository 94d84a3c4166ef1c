#!/usr/bin/env bash
# Installs the Debian packages that up.sh needs (about 345 MiB). Run as root. Nothing is started.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
missing=0
for program in slurmctld slurmd slurmdbd munged mariadbd sbatch ssh; do
  PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || missing=1
done
[ -x /usr/sbin/sshd ] || missing=1
[ "$missing" = 1 ] || exit 0
# A packaged daemon must not start by itself: up.sh starts its own, on its own ports, under its own folder.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends slurm-wlm slurmdbd slurm-wlm-mysql-plugin munge mariadb-server openssh-server openssh-client
