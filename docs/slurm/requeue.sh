#!/bin/bash
# SPDX-License-Identifier: MIT
# A long run in pieces: 60 seconds before its time is up each piece saves and stops, and the job goes back to the
# queue, until the run is complete. The same happens when a node fails.  sbatch requeue.sh
#SBATCH --job-name=requeue
#SBATCH --nodes=7
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --time=00:10:00
#SBATCH --signal=USR1@60
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
status=0
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" plait pi --progress none --watchdog 60 \
    --checkpoint "pi-$SLURM_JOB_ID.ck" --json "pi-$SLURM_JOB_ID.json" $PI_OPTIONS || status=$?
if [ "$status" -eq 0 ] && [ ! -e "pi-$SLURM_JOB_ID.json" ]; then # srun may end with 0 where it has started nothing
    echo 'requeue.sh: srun has not run plait: see slurmd.log of the nodes' >&2
    status=1
fi
if [ "$status" -eq 75 ]; then # saved, and to be continued
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
