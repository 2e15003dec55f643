#!/bin/bash
# SPDX-License-Identifier: MIT
# The same estimate with the seeds 1 to 8, as many at a time as there are nodes:  sbatch seeds.sh
#SBATCH --job-name=seeds
#SBATCH --array=1-8
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --time=00:10:00
#SBATCH --output=%x-%a.log
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" plait pi --sweep 4^5:4^10 --progress none \
    --seed "$SLURM_ARRAY_TASK_ID" --json "pi-seed-$SLURM_ARRAY_TASK_ID.json"
