# shellcheck shell=bash disable=SC2154,SC2317
# Sourced by nobody: server/slurm/submit_script.ts puts one "submit" line for each job below this text and sends it to the cluster.
#
# Beside each run, in its attempt's folder:
#   submit.lock  made with O_EXCL before sbatch; holds the token and the time. Gone again only after a certain refusal.
#   receipt      the job's id; its last word shows that it was written to the end.
#   refused      the lock of a refused try, renamed, with sbatch's words.
# A lock without receipt is a doubt: somebody was here and nobody knows how far they came. Then this looks, and never sends.
# One sbatch a job and no other process: everything else is built into bash.
trap '' HUP PIPE   # a cut connection must not stop it between sbatch and the receipt
export LC_ALL=C
unset SBATCH_TEST_ONLY SBATCH_WAIT SBATCH_REQUEUE SBATCH_OPEN_MODE
set -C             # > refuses a file that exists: that makes the lock
newline=$'\n' separator=$'\x1f'
silent=
doubts=()

answer() { # token kind text: in one write, which a pipe takes whole, since others answer at the same time
  local text=${3//"$newline"/$separator}
  printf '%s %s %s\n' "$1" "$2" "${text:0:2000}"
}

receipt() { # folder job-id token: answers whether it could be written
  printf '%s %s written\n' "$2" "$3" >| "$1/receipt"
}

submit() { # token job-name attempt run-dir folder script output
  local token=$1 name=$2 attempt=$3 run_dir=$4 folder=$5 script=$6 output=$7
  local id='' holder='' since='' end='' said code now
  if read -r id holder end 2>/dev/null < "$folder/receipt" && [[ $end == written ]]; then
    if [[ $holder == "$token" ]]; then answer "$token" submitted "$id"
    else answer "$token" uncertain "attempt $attempt of this run was submitted as job $id under another token, $holder"; fi
    return
  fi
  if [[ -n $silent && ! -e $folder/submit.lock ]]; then
    answer "$token" refused "not tried: Slurm did not answer the submission before it"
    return
  fi
  printf -v now '%(%s)T' -1
  if ! { printf '%s %s\n' "$token" "$now" > "$folder/submit.lock"; } 2>/dev/null; then
    if [[ ! -e $folder/submit.lock ]]; then
      answer "$token" refused "the lock $folder/submit.lock cannot be written; check the folder's rights and the free space"
      return
    fi
    read -r holder since 2>/dev/null < "$folder/submit.lock"
    if [[ -n $holder && $holder != "$token" ]]; then
      answer "$token" uncertain "attempt $attempt of this run is held by another submission, $holder"
      return
    fi
    # It is used in arithmetic, which would run what it finds: digits only.
    if [[ ! $since =~ ^[0-9]{1,12}$ ]]; then since=$((now - 2592000)); fi
    doubts+=("$token" "$name" "$folder" "$since" "an earlier try was cut off before its receipt")
    return
  fi
  said=$(exec sbatch --parsable --job-name="$name" --comment="$token" --chdir="$run_dir" --output="${output//%/%%}" \
    --open-mode=append "$script" "$attempt" 2>&1 </dev/null)
  code=$?
  if ((code == 0)); then
    if [[ $said =~ ^([0-9]+)(;[^[:space:]]*)?$ ]]; then id=${BASH_REMATCH[1]}
    elif [[ $newline$said$newline =~ $newline([0-9]+)(\;[^[:space:]]*)?$newline ]]; then id=${BASH_REMATCH[1]} # among a site's own notes
    else id=''; fi
    if [[ -n $id ]]; then
      receipt "$folder" "$id" "$token" 2>/dev/null
      answer "$token" submitted "$id"
      return
    fi
    said="sbatch succeeded without telling an id: $said"
  elif [[ $code -le 128 || $code -eq 255 ]] && [[ ! $said =~ $maybe_sent || $said =~ $never_sent ]]; then
    printf '%s\n' "$said" >> "$folder/submit.lock"
    mv -f -- "$folder/submit.lock" "$folder/refused"
    if [[ $said =~ $no_answer ]]; then silent=yes; fi
    answer "$token" refused "$said"
    return
  fi
  if [[ $said =~ $no_answer ]]; then silent=yes; fi
  doubts+=("$token" "$name" "$folder" "$now" "sbatch ended with $code: $said")
}

look() { # for every doubt: the job's own claim, then squeue, then sacct, each asked once
  local -A found=()
  local -a open=()
  local i id name oldest='' start asked='' user=${USER:-$(id -un)}
  local said
  for ((i = 0; i < ${#doubts[@]}; i += 5)); do
    if { read -r name < "${doubts[i + 2]}/claim/job_name" && read -r id < "${doubts[i + 2]}/claim/job_id"; } 2>/dev/null &&
      [[ $name == "${doubts[i + 1]}" ]]; then found[$name]=$id
    else
      open+=("${doubts[i + 1]}")
      if [[ -z $oldest || ${doubts[i + 3]} -lt $oldest ]]; then oldest=${doubts[i + 3]}; fi
    fi
  done
  if ((${#open[@]} > 0)); then
    if said=$(squeue -h -r --local -t all -u "$user" -o '%i %j' 2>&1); then
      asked='squeue'
      while read -r id name; do [[ -z $name ]] || found[$name]=$id; done <<< "$said"
    else asked="squeue (it failed: $said)"; fi
    printf -v start '%(%Y-%m-%dT%H:%M:%S)T' "$((oldest - 3600))"
    if said=$(IFS=,; sacct -X -D -n -P -S "$start" -o JobID,JobName --name="${open[*]}" 2>&1); then
      asked+=' and sacct'
      while IFS='|' read -r id name; do [[ -z $name || -n ${found[$name]:-} ]] || found[$name]=$id; done <<< "$said"
    else asked+=" and sacct (it failed: $said)"; fi
  fi
  for ((i = 0; i < ${#doubts[@]}; i += 5)); do
    id=${found[${doubts[i + 1]}]:-}
    if [[ -n $id ]]; then
      receipt "${doubts[i + 2]}" "$id" "${doubts[i]}" 2>/dev/null
      answer "${doubts[i]}" submitted "$id"
    else answer "${doubts[i]}" uncertain "${doubts[i + 4]}; $asked know no job named ${doubts[i + 1]}"; fi
  done
}
