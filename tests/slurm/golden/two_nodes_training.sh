# ---- The training. In the background, so that signals are handled while it runs.
# 2 nodes: one launcher on each. They meet at the first one, on a port of this job's own.
NODE_NAMES=$(scontrol show hostnames "${SLURM_JOB_NODELIST:?several nodes need Slurm}")
FIRST_NODE=${NODE_NAMES%%$'\n'*}
if [[ $(scontrol show node "$FIRST_NODE") =~ NodeAddr=([^[:space:]]+) ]]; then FIRST_NODE=${BASH_REMATCH[1]}; fi
MEETING_POINT=$FIRST_NODE:$((10000 + SLURM_JOB_ID % 20000))
TRAIN=(srun --nodes=2 --ntasks=2 --ntasks-per-node=1 --cpus-per-task=32 --kill-on-bad-exit=1 tune run --rdzv_id "$JOB_ID" --rdzv_endpoint "$MEETING_POINT" 'a recipe')
say "training: ${TRAIN[*]}"
