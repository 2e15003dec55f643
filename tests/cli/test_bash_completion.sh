#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the Tab key offers: bash runs the completion function with command lines that are made up.
# DOCUMENTS is the program that writes it.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$WORK/man1"
"$DOCUMENTS" "$WORK/man1" "$WORK/completion" "$here/../../drivers/options/completion.bash"
# shellcheck source=/dev/null
. "$WORK/completion"
touch "$SANDBOX/one.log" "$SANDBOX/two.log"
mkdir "$SANDBOX/directory"
cd "$SANDBOX"

# offers EXPECTED WORD...: what is offered for the last word, sorted, is that. As in bash, '=' is a word.
offers() {
    local expected=$1
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    last_command="complete ${*@Q}"
    _plait
    printf '%s\n' "${COMPREPLY[@]}" | sort >"$WORK/out"
    assert "'$expected' is offered, not '$(paste -sd ' ' "$WORK/out")'" [ "$(paste -sd ' ' "$WORK/out")" = "$expected" ]
}
# has WORD: the last offer has it.
has() {
    grep -qxF -e "$1" "$WORK/out"
}

assert "the function is registered" [ "$(complete -p plait)" = 'complete -F _plait plait' ]
offers 'mandelbrot' plait man
offers '--help --version' plait --
offers '--verbose' plait --version ''
offers 'julia' plait help j
offers '' plait help julia ''
offers '--schedule' plait pi --sch
offers '--no-verify --no-verify-exact' plait mandelbrot --no-v
offers 'block cyclic dynamic weighted' plait pi --schedule ''
offers 'dynamic' plait pi --runs 4 --schedule dy
offers 'block cyclic dynamic weighted' plait pi --schedule =
offers 'dynamic' plait pi --schedule = dy
offers '--schedule=dynamic' plait pi --schedule=dy
offers 'one.log' plait hello --json one
offers 'one.log' plait hello --json = one
offers 'directory' plait pi --plot ''
offers '' plait pi --runs ''
touch vintage.txt
for command in mandelbrot julia colour color; do
    offers 'vintage.txt viridis' plait "$command" --palette vi
    offers '--palette=turbo' plait "$command" --palette=tu
    offers 'two.log' plait "$command" --palette = tw
    offers 'cividis directory grey inferno magma one.log plasma turbo two.log vintage.txt viridis' plait "$command" --palette ''
done
offers 'count distance histogram smooth' plait julia --color ''
rm vintage.txt
offers '' plait nothing --
offers '' plait pi one
offers 'merge' plait logs ''
offers 'one.log' plait logs merge one
offers 'two.log' plait logs merge one.log --out x.csv tw
offers 'two.log' plait logs merge --out = x.csv one.log tw
offers 'merge' plait logs --out=x.csv m
# A family of subcommands: the second word, then options and values of the two.
offers 'study' plait stu
offers 'report' plait study rep
offers 'run' plait help study ru
offers '--launcher' plait study run --lau
offers 'strong' plait study run --mode st
offers 'directory' plait study run --out ''

# Every subcommand and every option that --help has is offered.
mapfile -t subcommands < <("$PLAIT" --help | sed -nE 's/^  ([a-z]+( [a-z]+)?)  +.*/\1/p')
COMP_WORDS=(plait '') COMP_CWORD=1
_plait
printf '%s\n' "${COMPREPLY[@]}" >"$WORK/offered"
for name in "${subcommands[@]}"; do
    assert "$name is offered" grep -qxF "${name% *}" "$WORK/offered"
    read -ra COMP_WORDS <<<"plait $name -"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _plait
    printf '%s\n' "${COMPREPLY[@]}" >"$WORK/out"
    last_command="complete plait $name -"
    while IFS= read -r option; do
        assert "$option is offered" has "$option"
    # shellcheck disable=SC2086  # a name may have two words
    done < <("$PLAIT" $name --help | sed -nE 's/^  (-h, )?--(\[no-\])?([a-z0-9-]+).*/--\3/p')
done
finish
