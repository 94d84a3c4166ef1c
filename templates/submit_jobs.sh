# shellcheck shell=bash disable=SC2154,SC2317
# Sourced by nobody: server/slurm/submit_script.ts puts one "submit" line for each job, or one "submit_array" for each array, below
# this text and sends it to the cluster.
#
# Beside each run, in its attempt's folder:
#   submit.lock  made with O_EXCL before sbatch; holds the token and the time. Gone again only after a certain refusal.
#   receipt      the job's id; its last word shows that it was written to the end.
#   refused      the lock of a refused try, renamed, with sbatch's words.
# An array has these in a folder of its own. Its runs have a claim each, in one folder for all: a folder for each run would take
# longer than the rest. Who makes a lock looks for the claim then, and who makes a claim for the lock: one of two sees the other.
# A lock without receipt is a doubt: somebody was here and nobody knows how far they came. Then this looks, and never sends.
# One sbatch a job and no other process: everything else is built into bash.
trap '' HUP PIPE   # a cut connection must not stop it between sbatch and the receipt
export LC_ALL=C
unset "${!SBATCH_@}" # a person's own settings would win over what a script says
unset "${!SQUEUE_@}" "${!SACCT_@}" # and these would hide jobs
set -C             # > refuses a file that exists: that makes the lock
set -m             # whoever ends this script ends its process group: each lane has its own, and finishes what it began
newline=$'\n' separator=$'\x1f'
silent=
patience=2         # tries more, in all, where Slurm is only busy
doubts=()
declare -A members=()   # of an array's token: where its tasks begin and end in the three lists
member_token=() member_task=() member_folder=()

answer() { # token kind text: in one write, which a pipe takes whole, since others answer at the same time. For an array, each task's
  local k holder claim range=${members[$1]:-} text=${3//"$newline"/$separator}
  if [[ -z $range ]]; then
    printf '%s %s %s\n' "$1" "$2" "${text:0:2000}"
    return
  fi
  for ((k = ${range% *}; k < ${range#* }; k++)); do
    if [[ $2 != submitted ]]; then printf '%s %s %s\n' "${member_token[k]}" "$2" "${text:0:2000}"
    else
      # An array has the runs that it claimed before it was sent, and no others.
      holder=''
      claim_of "${member_folder[k]}"
      read -r holder _ 2>/dev/null < "$claim"
      if [[ $holder == "$1" ]]; then printf '%s %s %s_%s\n' "${member_token[k]}" "$2" "$3" "${member_task[k]}"
      else left_out "${member_token[k]}" "${member_folder[k]}" 'its array was submitted without it'; fi
    fi
  done
}

claim_of() { # an attempt's folder: sets claim
  local run=${1%/.runwright/*}
  claim=${run%/*}/.runwright/claims/${run##*/}.${1##*/attempt-}
}

left_out() { # the run's token, its attempt's folder, why there is no job where nobody else has it
  local holder='' claim
  claim_of "$2"
  read -r holder _ 2>/dev/null < "$2/submit.lock" || read -r holder _ 2>/dev/null < "$claim"
  if [[ -n $holder ]]; then answer "$1" uncertain "this attempt is held by another submission, $holder"
  else answer "$1" refused "$3"; fi
}

hold() { # file: makes it in our name, unless it is there. A full disk can take the name and not the words: then it goes again
  local made=''
  if { { made=yes; printf '%s %s\n' "$token" "$now"; } > "$1"; } 2>/dev/null; then return 0; fi
  if [[ -n $made ]]; then rm -f -- "$1"; fi
  return 1
}

receipt() { # folder job-id token: answers whether it could be written
  printf '%s %s written\n' "$2" "$3" >| "$1/receipt"
}

is_certain() { # code words: sbatch failed, and there is no job
  [[ $1 -le 128 || $1 -eq 255 ]] && [[ ! $2 =~ $maybe_sent || $2 =~ $never_sent ]]
}

send() { # sbatch's words: sets said and code. Where Slurm was only too busy to take the job, it asks again a little later.
  local pause
  for pause in 1 3 0; do
    said=$(exec sbatch --parsable "$@" 2>&1 </dev/null)
    code=$?
    if ((code == 0 || pause == 0 || patience == 0)) || [[ ! $said =~ $busy ]] || ! is_certain "$code" "$said"; then break; fi
    patience=$((patience - 1))
    sleep "$pause"
  done
  if [[ $code != 0 && $said =~ $no_answer ]]; then silent=yes; fi
}

# token folder what: answers where the receipt, the lock or a silent Slurm settle it; else the lock is made and now is its time.
is_settled() {
  local token=$1 folder=$2 what=$3 id='' holder='' since='' end=''
  if read -r id holder end 2>/dev/null < "$folder/receipt" && [[ $end == written ]]; then
    if [[ $holder == "$token" ]]; then answer "$token" submitted "$id"
    else answer "$token" uncertain "$what was submitted as job $id under another token, $holder"; fi
    return 0
  fi
  if [[ -n $silent && ! -e $folder/submit.lock ]]; then
    answer "$token" refused "not tried: Slurm did not answer the submission before it"
    return 0
  fi
  printf -v now '%(%s)T' -1
  if hold "$folder/submit.lock"; then return 1; fi
  if [[ ! -e $folder/submit.lock ]]; then
    answer "$token" refused "the lock $folder/submit.lock cannot be written; check the folder's rights and the free space"
    return 0
  fi
  read -r holder since 2>/dev/null < "$folder/submit.lock"
  if [[ -n $holder && $holder != "$token" ]]; then
    answer "$token" uncertain "$what is held by another submission, $holder"
    return 0
  fi
  # It is used in arithmetic, which would run what it finds: digits only.
  if [[ ! $since =~ ^[0-9]{1,12}$ ]]; then since=$((now - 2592000)); fi
  doubts+=("$token" "$name" "$folder" "$since" "an earlier try was cut off before its receipt")
  return 0
}

conclude() { # token folder: what sbatch said becomes a receipt, a certain refusal (then it answers 1), or a doubt
  local token=$1 folder=$2 id=''
  if ((code == 0)); then
    if [[ $said =~ ^([0-9]+)(;[^[:space:]]*)?$ ]]; then id=${BASH_REMATCH[1]}
    elif [[ $newline$said$newline =~ $newline([0-9]+)(\;[^[:space:]]*)?$newline ]]; then id=${BASH_REMATCH[1]} # among a site's own notes
    fi
    if [[ -n $id ]]; then
      receipt "$folder" "$id" "$token" 2>/dev/null
      answer "$token" submitted "$id"
      return 0
    fi
    said="sbatch succeeded without telling an id: $said"
  elif is_certain "$code" "$said"; then return 1
  fi
  doubts+=("$token" "$name" "$folder" "$now" "sbatch ended with $code: $said")
}

take_back() { # folder: the lock of a refused try is kept under another name
  printf '%s\n' "$said" >> "$1/submit.lock"
  mv -f -- "$1/submit.lock" "$1/refused"
}

submit() { # token job-name attempt run-dir folder script output
  local token=$1 name=$2 attempt=$3 run_dir=$4 folder=$5 script=$6 output=$7 said code now claim holder=''
  if is_settled "$token" "$folder" "attempt $attempt of this run"; then return; fi
  claim_of "$folder"
  if read -r holder _ 2>/dev/null < "$claim"; then
    said="held by the array $holder"
    take_back "$folder"
    answer "$token" uncertain "attempt $attempt of this run is held by another submission, $holder"
    return
  fi
  send --job-name="$name" --comment="$token" --chdir="$run_dir" --output="${output//%/%%}" --open-mode=append "$script" "$attempt"
  if conclude "$token" "$folder"; then return; fi
  take_back "$folder"
  answer "$token" refused "$said"
}

submit_array() { # token job-name folder throttle script, and for each task: its number, its run's token, its attempt's folder
  local token=$1 name=$2 folder=$3 throttle=$4 script=$5 said code now holder list='' begin=${#member_token[@]}
  shift 5
  while (($# > 0)); do
    member_task+=("$1") member_token+=("$2") member_folder+=("$3")
    shift 3
  done
  members[$token]="$begin ${#member_token[@]}"
  if is_settled "$token" "$folder" 'this array'; then return; fi
  local -a own=() tokens=("${member_token[@]:begin}") tasks=("${member_task[@]:begin}") folders=("${member_folder[@]:begin}")
  member_token=("${member_token[@]:0:begin}") member_task=("${member_task[@]:0:begin}") member_folder=("${member_folder[@]:0:begin}")
  # A run that is held elsewhere is left out; the others go.
  local i claim
  for i in "${!tokens[@]}"; do
    claim_of "${folders[i]}"
    holder=''
    # Ours from an earlier try, where a person who knew that it came to nothing has taken away the lock.
    if hold "$claim" || { read -r holder _ 2>/dev/null < "$claim" && [[ $holder == "$token" ]]; }; then
      own+=("$claim")
      if [[ ! -e ${folders[i]}/submit.lock ]]; then
        member_token+=("${tokens[i]}") member_task+=("${tasks[i]}") member_folder+=("${folders[i]}")
        list+=",${tasks[i]}"
        continue
      fi
      rm -f -- "$claim"
    fi
    left_out "${tokens[i]}" "${folders[i]}" "the claim $claim cannot be written; check the folder's rights and the free space"
  done
  members[$token]="$begin ${#member_token[@]}"
  if [[ -z $list ]]; then
    said='none of its runs is free'
    take_back "$folder"
    return
  fi
  printf '%s' "$script" >| "$folder/array.slurm"
  send --job-name="$name" --comment="$token" --array="${list#,}${throttle:+%$throttle}" --output="${folder//%/%%}/%a.out" \
    --open-mode=append "$folder/array.slurm"
  if conclude "$token" "$folder"; then return; fi
  printf '%s\0' "${own[@]}" | xargs -0 rm -f --
  take_back "$folder"
  answer "$token" refused "$said"
}

look() { # for every doubt: the job's own claim, then squeue, then sacct, each asked once
  local -A found=()
  local -a open=()
  local i id name oldest='' start asked='' user=${USER:-$(id -un)}
  local said
  for ((i = 0; i < ${#doubts[@]}; i += 5)); do
    if id=$(claimed_by "${doubts[i]}" "${doubts[i + 1]}" "${doubts[i + 2]}"); then found[${doubts[i + 1]}]=$id
    else
      open+=("${doubts[i + 1]}")
      if [[ -z $oldest || ${doubts[i + 3]} -lt $oldest ]]; then oldest=${doubts[i + 3]}; fi
    fi
  done
  if ((${#open[@]} > 0)); then
    if said=$(squeue -h -r --local -t all -u "$user" -o '%F %j' 2>&1); then
      asked='squeue'
      while read -r id name; do [[ -z $name ]] || found[$name]=$id; done <<< "$said"
    else asked="squeue (it failed: $said)"; fi
    printf -v start '%(%Y-%m-%dT%H:%M:%S)T' "$((oldest - 3600))"
    asked+=' and sacct'
    for ((i = 0; i < ${#open[@]}; i += 1000)); do # no word of a command may be longer than 128 KiB
      if said=$(IFS=,; timeout 30 sacct -X -D -n -P -S "$start" -o JobID,JobName --name="${open[*]:i:1000}" 2>&1); then
        while IFS='|' read -r id name; do [[ -z $name || -n ${found[$name]:-} ]] || found[$name]=${id%%_*}; done <<< "$said"
      else asked+=" (it failed: $said)"; fi
    done
  fi
  for ((i = 0; i < ${#doubts[@]}; i += 5)); do
    id=${found[${doubts[i + 1]}]:-}
    if [[ -n $id ]]; then
      receipt "${doubts[i + 2]}" "$id" "${doubts[i]}" 2>/dev/null
      answer "${doubts[i]}" submitted "$id"
    else
      answer "${doubts[i]}" uncertain "${doubts[i + 4]}; $asked know no job named ${doubts[i + 1]}; should you know for certain \
that there is none, remove ${doubts[i + 2]}/submit.lock, and launch_runs submits it"
    fi
  done
}

claimed_by() { # token name folder: the id that the job itself wrote, of an array any of its tasks
  local id='' name='' folder range=${members[$1]:-}
  local -a folders=("$3")
  if [[ -n $range ]]; then folders=("${member_folder[@]:${range% *}:$((${range#* } - ${range% *}))}"); fi
  for folder in "${folders[@]}"; do
    if { read -r name < "$folder/claim/job_name" && read -r id < "$folder/claim/job_id"; } 2>/dev/null && [[ $name == "$2" ]]; then
      printf '%s' "${id%%_*}"
      return
    fi
  done
  return 1
}
