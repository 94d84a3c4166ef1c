# shellcheck shell=bash
# Read by every bash that sshd starts (.bashrc): counts each command that it runs, and at the one that the file "at" names it
# kills the whole command (kill), the shell alone so that its children go on (orphan), or the connection (cut), or waits until the
# test has done its worst (wait). The scripts that are sent to a cluster have no hook of their own. Jobs run undisturbed.
__fault=$HOME/fault
if [[ -z ${SLURM_JOB_ID:-} && -e $__fault/at ]]; then
  read -r __at __how < "$__fault/at"
  __step() {
    local dots=
    printf . >> "$__fault/count"
    if ((__at == 0)); then printf '%s\n' "${1//$'\n'/ }" >> "$__fault/commands"; fi
    read -r dots < "$__fault/count" || : # it has no end of line
    if ((__at == 0 || ${#dots} < __at)) || ! mkdir "$__fault/hit" 2>/dev/null; then return; fi
    printf '%s\n' "$1" >| "$__fault/hit/command"
    case $__how in
      kill) kill -9 0 ;;
      orphan) kill -9 $$ ;;
      wait) while [[ ! -e $__fault/go ]]; do sleep 0.05; done ;;
      cut)
        local pid=$$ name
        while read -r name < "/proc/$pid/comm" && [[ $name != sshd ]]; do pid=$(sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$pid/stat"); done
        kill -9 "$pid"
        ;;
    esac
  }
  set -T
  trap '__step "$BASH_COMMAND"' DEBUG
fi
