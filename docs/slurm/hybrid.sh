#!/bin/bash
# SPDX-License-Identifier: MIT
# One rank on each of seven nodes, four threads per rank:  sbatch hybrid.sh
#SBATCH --job-name=hybrid
#SBATCH --nodes=7
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --time=00:10:00
#SBATCH --output=%x-%j.log
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
# srun does not take --cpus-per-task from the job (since Slurm 22.05).
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" plait hello
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" plait mandelbrot --watchdog 60 --out "mandelbrot-$SLURM_JOB_ID.png"
