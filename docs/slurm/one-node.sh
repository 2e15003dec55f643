#!/bin/bash
# SPDX-License-Identifier: MIT
# Four ranks of one thread on one node:  sbatch one-node.sh
#SBATCH --job-name=one-node
#SBATCH --nodes=1
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
#SBATCH --output=%x-%j.log
export OMP_NUM_THREADS=1
srun plait pi --sweep 4^5:4^10 --progress none --json "pi-$SLURM_JOB_ID.json"
