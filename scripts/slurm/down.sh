#!/usr/bin/env bash
# down.sh DIR [--wipe]: stops what up.sh started under DIR (by pid file only); --wipe also removes DIR and its users.
set -uo pipefail
DIR=${1:?usage: down.sh DIR [--wipe]}; DIR=$(cd "$DIR" 2>/dev/null && pwd -P) || exit 0
export SLURM_CONF=$DIR/etc/slurm.conf
up() { [ -d "/proc/$1" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }   # a zombie counts as gone (pid 1 here reaps late)
stop() { # stop PIDFILE COMM SIGNAL SECONDS
  local p; p=$(cat "$1" 2>/dev/null) || return 0; [ -n "$p" ] || return 0
  case "$(cat /proc/$p/comm 2>/dev/null)" in "$2"*) ;; *) rm -f "$1"; return 0;; esac
  kill -"$3" "$p" 2>/dev/null
  local end=$((SECONDS+$4)); while up $p && [ $SECONDS -lt $end ]; do sleep 0.05; done
  up $p && { echo "down.sh: $2 ($p) did not stop: KILL" >&2; kill -KILL "$p"; }; rm -f "$1"; }
scancel_all() { timeout 10 scancel -f --state=PENDING >/dev/null 2>&1; timeout 10 squeue -h -o %A 2>/dev/null | xargs -r timeout 10 scancel >/dev/null 2>&1; timeout 5 bash -c 'while [ -n "$(squeue -h)" ]; do sleep 0.2; done' 2>/dev/null; }
[ "${KEEP_JOBS:-0}" = 1 ] || scancel_all
for f in "$DIR"/run/slurmd.*.pid; do [ -e "$f" ] && stop "$f" slurmd TERM 5; done
stop "$DIR/run/slurmctld.pid" slurmctld TERM 10
# job steps that outlived their slurmd: only those whose environment names our slurm.conf
if [ "${KEEP_JOBS:-0}" != 1 ]; then for p in $(pgrep -x slurmstepd) $(pgrep -x slurm_script); do
  grep -qzx "SLURM_CONF=$DIR/etc/slurm.conf" /proc/$p/environ 2>/dev/null && kill -KILL "$p" 2>/dev/null; done; fi
stop "$DIR/run/slurmdbd.pid" slurmdbd TERM 10
stop "$DIR/mysqlrun/mysqld.pid" mariadbd TERM 20
stop "$DIR/run/munged.pid" munged TERM 5
stop "$DIR/run/sshd.pid" sshd TERM 5
# the memory cgroups of our nodes (CGROUP=1): empty by now, remove them
for s in "$DIR"/spool/*; do c=/sys/fs/cgroup/memory/slurm_${s##*/}; [ -d "$c" ] && find "$c" -depth -type d -exec rmdir {} \; 2>/dev/null; done
if [ "${2:-}" = --wipe ]; then
  for h in "$DIR"/home/*; do u=${h##*/}; [ "$(getent passwd "$u" | cut -d: -f6)" = "$h" ] && userdel "$u" 2>/dev/null; done
  rm -rf "$DIR"
fi
exit 0
