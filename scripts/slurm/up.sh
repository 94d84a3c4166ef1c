#!/usr/bin/env bash
# up.sh DIR: brings up the development Slurm, a real single-machine Slurm with its accounting database and an sshd,
# all on 127.0.0.1, with all state under DIR.
# Needs root and the Debian packages: slurm-wlm slurmdbd slurm-wlm-mysql-plugin munge mariadb-server openssh-server.
# Idempotent: run it again and it only starts what is not running. FORCE_CONF=1 rewrites the conf files.
# env: BASE_PORT (16800)  USERS ("alice bob")  WITH_DBD=1|0 (0: no sacct, no QOS/accounts, up in <1 s)
#      CGROUP=auto|0|1 (1: task/cgroup memory limits on cgroup v1, real OUT_OF_MEMORY; 0: polling, OOM shows as FAILED 0:9)  FORCE_CONF=1
# Two clusters side by side: other DIR, other BASE_PORT, other USERS (a user has one home).
set -euo pipefail
umask 022
DIR=${1:?usage: up.sh DIR}; mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd -P)
BASE_PORT=${BASE_PORT:-16800}
[ -f "$DIR/etc/base_port" ] && BASE_PORT=$(cat "$DIR/etc/base_port")
WITH_DBD=${WITH_DBD:-1}
CGROUP=${CGROUP:-auto}; if [ "$CGROUP" = auto ]; then CGROUP=0; [ -w /sys/fs/cgroup/memory/memory.limit_in_bytes ] && CGROUP=1; [ -s "$DIR/etc/slurm.conf" ] && ! grep -q task/cgroup "$DIR/etc/slurm.conf" && [ "${FORCE_CONF:-0}" != 1 ] && CGROUP=0; fi
USERS=${USERS:-"alice bob"}
HOST=$(hostname -s)
P_SSH=$((BASE_PORT+22)) P_DB=$((BASE_PORT+6)) P_DBD=$((BASE_PORT+19)) P_CTLD=$((BASE_PORT+17)) P_D=$((BASE_PORT+30))
CLUSTER=devslurm
export SLURM_CONF=$DIR/etc/slurm.conf
T0=$(date +%s.%N); T=$T0
say() { local n; n=$(date +%s.%N); printf '[%6.2fs +%5.2fs] %s\n' "$(echo "$n $T0" | awk '{print $1-$2}')" "$(echo "$n $T" | awk '{print $1-$2}')" "$*" >&2; T=$n; }
alive() { # alive PIDFILE COMM : is the pid in the file a live process of that name
  local p; p=$(cat "$1" 2>/dev/null) || return 1; [ -n "$p" ] && [ -d "/proc/$p" ] || return 1
  grep -q '^State:[[:space:]]*Z' "/proc/$p/status" 2>/dev/null && return 1   # in a container, pid 1 may reap late: a dead daemon stays a zombie for seconds
  case "$(cat /proc/$p/comm 2>/dev/null)" in "$2"*) return 0;; *) return 1;; esac; }
wait_for() { # wait_for SECONDS DESCRIPTION CMD...
  local end=$((SECONDS+$1)) d=$2; shift 2
  until "$@" >/dev/null 2>&1; do [ $SECONDS -ge $end ] && { echo "up.sh: timed out waiting for $d" >&2; return 1; }; sleep 0.05; done; }
tcp() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# Asked before anything is changed: the users' homes would be taken from the one that runs.
if ! alive "$DIR/run/sshd.pid" sshd && tcp "$P_SSH"; then
  echo "up.sh: port $P_SSH is taken, perhaps by another development Slurm: end that one with down.sh, or set BASE_PORT and USERS" >&2
  exit 1
fi

mkdir -p "$DIR"/{etc,log,run,ssh,state,spool,munge,mysql,dev,home}
chmod 711 "$DIR"; chmod 700 "$DIR/munge" 2>/dev/null || true; chmod 711 "$DIR/munge"
echo "$BASE_PORT" > "$DIR/etc/base_port"

# ---------------------------------------------------------------- users
for u in $USERS; do
  id "$u" >/dev/null 2>&1 || useradd -M -d "$DIR/home/$u" -s /bin/bash "$u"
  [ "$(getent passwd "$u" | cut -d: -f6)" = "$DIR/home/$u" ] || usermod -d "$DIR/home/$u" "$u"
  usermod -p '*' "$u"            # '!' (the default) = "account locked": sshd with UsePAM no refuses it
  mkdir -p "$DIR/home/$u"; chown "$u:" "$DIR/home/$u"
done
# ---------------------------------------------------------------- conf files
want() { [ ! -s "$1" ] || [ "${FORCE_CONF:-0}" = 1 ]; }
for i in 0 1 2 3 4 5 6 7; do [ -e "$DIR/dev/gpu$i" ] || mknod -m 666 "$DIR/dev/gpu$i" c 1 3 2>/dev/null || : > "$DIR/dev/gpu$i"; done

if want "$DIR/etc/slurm.conf"; then
if [ "$WITH_DBD" = 1 ]; then ACCT="AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$P_DBD
AccountingStoragePass=$DIR/munge/munge.socket.2
AccountingStorageTRES=gres/gpu,gres/gpu:a100,gres/gpu:h100
AccountingStorageEnforce=associations,limits,qos
AccountingStoreFlags=job_comment,job_script,job_env"
PREEMPT="PreemptType=preempt/qos
PreemptMode=REQUEUE
PreemptExemptTime=00:00:00"
else # note: SchedulerParameters=assoc_limit_stop without a database makes slurmctld 22.05.8 segfault in the backfill thread
ACCT="AccountingStorageType=accounting_storage/none"; PREEMPT="PreemptType=preempt/none"; fi
if [ "$CGROUP" = 1 ]; then TASKPLUGIN="TaskPlugin=task/cgroup"; GATHER="JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1"
else TASKPLUGIN="TaskPlugin=task/none"; GATHER="JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill"; fi
cat > "$DIR/etc/slurm.conf" <<C
ClusterName=$CLUSTER
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$P_CTLD
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$DIR/munge/munge.socket.2,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
# ---- files
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/spool/%n
SlurmctldPidFile=$DIR/run/slurmctld.pid
SlurmdPidFile=$DIR/run/slurmd.%n.pid
SlurmctldLogFile=$DIR/log/slurmctld.log
SlurmdLogFile=$DIR/log/slurmd.%n.log
SlurmctldDebug=verbose
SlurmdDebug=info
# ---- no cgroups, no hardware
ProctrackType=proctrack/linuxproc
$TASKPLUGIN
SwitchType=switch/none
MpiDefault=none
SlurmdParameters=config_overrides
GresTypes=gpu
$GATHER
# ---- fast for tests
SlurmctldTimeout=5
SlurmdTimeout=10
MessageTimeout=5
TCPTimeout=2
InactiveLimit=0
KillWait=2
CompleteWait=0
MinJobAge=30
Waittime=0
OverTimeLimit=0
ReturnToService=2
UnkillableStepTimeout=30
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1,bf_resolution=60,bf_continue,bf_window=4320,bf_yield_interval=100000,preempt_youngest_first
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# ---- policy
EnforcePartLimits=ALL
JobRequeue=1
MaxArraySize=1001
MaxJobCount=10000
PriorityType=priority/multifactor
PriorityWeightQOS=10000
PriorityWeightAge=100
PriorityWeightPartition=1000
PriorityCalcPeriod=1
$PREEMPT
# ---- accounting
$ACCT
# ---- nodes: several slurmd on one host, told apart by NodeName + Port
NodeName=DEFAULT State=UNKNOWN
NodeName=gpu1 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((P_D+1)) Sockets=2 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=512000 Gres=gpu:a100:4 Feature=a100,gpu80,nvlink
NodeName=gpu2 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((P_D+2)) Sockets=2 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=512000 Gres=gpu:a100:4 Feature=a100,gpu80
NodeName=gpu3 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((P_D+3)) Sockets=2 CoresPerSocket=48 ThreadsPerCore=1 RealMemory=1024000 Gres=gpu:h100:8 Feature=h100,gpu80,nvlink
NodeName=cpu1 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((P_D+4)) Sockets=2 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=256000 Feature=cpuonly
PartitionName=gpu      Nodes=gpu[1-3] Default=YES MaxTime=2-00:00:00 DefaultTime=01:00:00 DefMemPerCPU=4000 PriorityTier=1 State=UP
PartitionName=gpu-test Nodes=gpu[1-2] MaxTime=00:10:00 DefaultTime=00:05:00 MaxNodes=1 DefMemPerCPU=4000 PriorityTier=2 State=UP
PartitionName=cpu      Nodes=cpu1 MaxTime=1-00:00:00 DefaultTime=01:00:00 DefMemPerCPU=2000 PriorityTier=1 State=UP
PartitionName=private  Nodes=gpu3 AllowAccounts=chem MaxTime=UNLIMITED PriorityTier=1 State=UP
PartitionName=down     Nodes=gpu3 MaxTime=01:00:00 State=DOWN
C
fi
[ "$CGROUP" = 1 ] && want "$DIR/etc/cgroup.conf" && cat > "$DIR/etc/cgroup.conf" <<C
CgroupPlugin=${CGROUP_PLUGIN:-cgroup/v1}
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
ConstrainCores=no
ConstrainDevices=no
AllowedRAMSpace=100
MinRAMSpace=4
C
want "$DIR/etc/gres.conf" && cat > "$DIR/etc/gres.conf" <<C
AutoDetect=off
NodeName=gpu[1-2] Name=gpu Type=a100 File=$DIR/dev/gpu[0-3]
NodeName=gpu3     Name=gpu Type=h100 File=$DIR/dev/gpu[0-7]
C
[ -e "$DIR/etc/plugstack.conf" ] || : > "$DIR/etc/plugstack.conf"
if want "$DIR/etc/slurmdbd.conf"; then
(umask 077; cat > "$DIR/etc/slurmdbd.conf" <<C
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$P_DBD
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$DIR/munge/munge.socket.2
PidFile=$DIR/run/slurmdbd.pid
LogFile=$DIR/log/slurmdbd.log
DebugLevel=info
CommitDelay=0
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$P_DB
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
C
chmod 600 "$DIR/etc/slurmdbd.conf"); fi
want "$DIR/etc/my.cnf" && cat > "$DIR/etc/my.cnf" <<C
[mysqld]
user=mysql
datadir=$DIR/mysql
socket=$DIR/mysqlrun/mysqld.sock
pid-file=$DIR/mysqlrun/mysqld.pid
log-error=$DIR/log/mysqld.log
bind-address=127.0.0.1
port=$P_DB
skip-name-resolve
skip-log-bin
performance_schema=OFF
innodb_buffer_pool_size=128M
innodb_log_file_size=64M
innodb_lock_wait_timeout=900
innodb_flush_log_at_trx_commit=0
innodb_doublewrite=0
innodb_flush_method=nosync
max_allowed_packet=16M
C
# ---- ssh
[ -s "$DIR/ssh/host_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C devslurm-host -f "$DIR/ssh/host_ed25519"
[ -s "$DIR/ssh/id_ed25519" ]   || ssh-keygen -q -t ed25519 -N '' -C devslurm-user -f "$DIR/ssh/id_ed25519"
cp "$DIR/ssh/id_ed25519.pub" "$DIR/ssh/authorized_keys"; chmod 644 "$DIR/ssh/authorized_keys"; chmod 711 "$DIR/ssh"
echo "[127.0.0.1]:$P_SSH $(cut -d' ' -f1,2 "$DIR/ssh/host_ed25519.pub")" > "$DIR/ssh/known_hosts"
want "$DIR/ssh/sshd_config" && cat > "$DIR/ssh/sshd_config" <<C
ListenAddress 127.0.0.1
Port $P_SSH
HostKey $DIR/ssh/host_ed25519
PidFile $DIR/run/sshd.pid
AuthorizedKeysFile $DIR/ssh/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin prohibit-password
UseDNS no
KexAlgorithms curve25519-sha256
X11Forwarding no
PrintMotd no
PrintLastLog no
MaxSessions 64
MaxStartups 100:30:200
SetEnv SLURM_CONF=$DIR/etc/slurm.conf
Subsystem sftp internal-sftp
LogLevel INFO
C
cat > "$DIR/ssh/config" <<C
Host devslurm
  HostName 127.0.0.1
  Port $P_SSH
  User ${USERS%% *}
  IdentityFile $DIR/ssh/id_ed25519
  IdentitiesOnly yes
  UserKnownHostsFile $DIR/ssh/known_hosts
  StrictHostKeyChecking yes
  BatchMode yes
C
cat > "$DIR/env.sh" <<C
export SLURM_CONF=$DIR/etc/slurm.conf
devslurm() { ssh -F $DIR/ssh/config devslurm "\$@"; }
C
say "conf ready in $DIR"

# ---------------------------------------------------------------- daemons
if ! alive "$DIR/run/sshd.pid" sshd; then mkdir -p /run/sshd; /usr/sbin/sshd -f "$DIR/ssh/sshd_config" -E "$DIR/log/sshd.log"; fi
if ! alive "$DIR/run/munged.pid" munged; then
  [ -s "$DIR/munge/munge.key" ] || (umask 077; head -c 128 /dev/urandom > "$DIR/munge/munge.key")
  /usr/sbin/munged --force --key-file="$DIR/munge/munge.key" --socket="$DIR/munge/munge.socket.2" \
     --pid-file="$DIR/run/munged.pid" --log-file="$DIR/log/munged.log" --seed-file="$DIR/munge/munged.seed" >>"$DIR/log/munged.err" 2>&1
fi
say "sshd + munged up"
if [ "$WITH_DBD" = 1 ]; then
  if ! alive "$DIR/mysqlrun/mysqld.pid" mariadbd; then
    if [ ! -d "$DIR/mysql/mysql" ]; then
      chown mysql: "$DIR/mysql"
      mariadb-install-db --defaults-file="$DIR/etc/my.cnf" --skip-test-db --auth-root-authentication-method=normal >"$DIR/log/mysql-install.log" 2>&1
      say "mariadb datadir made"
    fi
    chown mysql: "$DIR/mysql"; touch "$DIR/log/mysqld.log"; chown mysql: "$DIR/log/mysqld.log"
    install -d -o mysql -g mysql -m 755 "$DIR/mysqlrun"
    setsid /usr/sbin/mariadbd --defaults-file="$DIR/etc/my.cnf" </dev/null >>"$DIR/log/mysqld.out" 2>&1 &
    wait_for 30 mariadbd mariadb-admin --no-defaults -S "$DIR/mysqlrun/mysqld.sock" -u root ping
    mariadb --no-defaults -S "$DIR/mysqlrun/mysqld.sock" -u root -e "CREATE DATABASE IF NOT EXISTS slurm_acct_db; CREATE USER IF NOT EXISTS 'slurm'@'127.0.0.1' IDENTIFIED BY 'slurm'; GRANT ALL ON slurm_acct_db.* TO 'slurm'@'127.0.0.1';"
    say "mariadbd up"
  fi
  if ! alive "$DIR/run/slurmdbd.pid" slurmdbd; then
    /usr/sbin/slurmdbd >>"$DIR/log/slurmdbd.out" 2>&1      # finds slurmdbd.conf next to $SLURM_CONF
    wait_for 30 slurmdbd tcp "$P_DBD"
    say "slurmdbd up"
  fi
fi
if ! alive "$DIR/run/slurmctld.pid" slurmctld; then
  # first start: slurmctld registers the cluster (and the gres/* TRES) in the database by itself
  /usr/sbin/slurmctld >>"$DIR/log/slurmctld.out" 2>&1
fi
NODES=$(scontrol show hostnames "$(sed -n 's/^NodeName=\([^ ]*\) .*/\1/p' "$DIR/etc/slurm.conf" | grep -v '^DEFAULT$' | paste -sd,)")
NN=0
for n in $NODES; do NN=$((NN+1))
  mkdir -p "$DIR/spool/$n"
  alive "$DIR/run/slurmd.$n.pid" slurmd || /usr/sbin/slurmd -N "$n" >>"$DIR/log/slurmd.out" 2>&1
done
say "slurmctld + $NN slurmd started"
if [ "$WITH_DBD" = 1 ] && [ ! -e "$DIR/etc/.sacctmgr-done" ]; then
  wait_for 15 "slurmctld" scontrol ping
  wait_for 15 "cluster in the database" sh -c 'sacctmgr -nP show tres format=type,name | grep -q "^gres|gpu"'
  say "slurmctld registered with slurmdbd"
  # Order matters: a QOS must exist before another names it in preempt=, a gres TRES before a limit names it.
  # Each sacctmgr RPC costs ~90 ms (Nagle + delayed ACK on the slurmdbd connection), so run independent ones side by side.
  : > "$DIR/log/sacctmgr-setup.log"
  sa() { printf '%s\n' "$@" >> "$DIR/etc/sacctmgr.cmds"; printf '%s\n' "$@" | sacctmgr -i >> "$DIR/log/sacctmgr-setup.log" 2>&1 || true; }
  : > "$DIR/etc/sacctmgr.cmds"
  sa "add qos low,short,high,limited,twogpu" & w=$!
  sa "add account research cluster=$CLUSTER description=research organization=dev" "add account ml,chem cluster=$CLUSTER parent=research description=research organization=dev" & w="$w $!"
  wait $w; w=
  sa "modify qos where name=low set priority=1 preemptmode=requeue" "modify qos where name=short set priority=50 maxwall=00:05:00 preempt=low flags=DenyOnLimit" "modify qos where name=limited set priority=10 maxsubmitjobsperuser=3 maxjobsperuser=1" & w=$!
  sa "modify qos where name=normal set priority=10 preempt=low preemptmode=requeue" "modify qos where name=high set priority=100 preempt=normal,low" "modify qos where name=twogpu set priority=10 maxtresperuser=gres/gpu=2" & w="$w $!"
  sa "add user $(echo $USERS | tr ' ' ,) account=ml cluster=$CLUSTER defaultaccount=ml qos=normal,high,low,short,limited,twogpu defaultqos=normal" & w="$w $!"
  wait $w      # not a bare wait: mariadbd is a child of this shell too
  ! grep -i error "$DIR/log/sacctmgr-setup.log" >&2
  touch "$DIR/etc/.sacctmgr-done"
  say "sacctmgr setup"
fi
idle() { [ "$(sinfo -h -N -o '%N %t' | awk '$2 !~ /[*]|unk|down|drain/' | sort -u | wc -l)" -ge "$NN" ]; }
wait_for 60 "idle nodes" idle
say "sinfo: all $NN nodes answer"
sinfo >&2
echo "ssh -F $DIR/ssh/config devslurm sinfo"
