# SPDX-License-Identifier: MIT
# What bash runs to complete a command line of plait. The build puts the option tables in front of it:
# _plait_subcommands, _plait_verbs, _plait_options and _plait_value (drivers/options/completion.h).

# Whether bash has cut words at '=' (it does unless COMP_WORDBREAKS was changed), the option whose value
# is being typed stands two words back.
_plait_find_option() {
    local previous=${COMP_WORDS[COMP_CWORD - 1]}
    option='' prefix=''
    if [[ $typed == = ]]; then
        option=$previous typed=''
    elif [[ $previous == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $typed == --*=* ]]; then
        option=${typed%%=*} prefix=${typed%%=*}= typed=${typed#*=}
    elif [[ $previous == --* ]]; then
        option=$previous
    fi
}

# The place, from 1 on, that the word being typed would have among the arguments without --, which begin
# at word $2 of the line.
_plait_find_place() {
    local index value
    place=1
    for ((index = $2; index < COMP_CWORD; index++)); do
        if [[ ${COMP_WORDS[index]} == -?* ]]; then
            _plait_value "$1" "${COMP_WORDS[index]}"
            if [[ ${COMP_WORDS[index + 1]} == = ]]; then
                ((index += 2))
            elif [[ -n $value ]]; then
                ((index++))
            fi
        else
            ((place++))
        fi
    done
}

# Offers what `value` says.
_plait_offer() {
    case $value in
    words\ *) mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "${value#words }" -- "$typed") ;;
    files*)
        words=${value#files} words=${words# or}
        mapfile -t COMPREPLY < <(
            compgen -P "$prefix" -W "$words" -- "$typed" || true
            compgen -P "$prefix" -f -- "$typed"
        )
        compopt -o filenames 2>/dev/null || true
        ;;
    directories)
        mapfile -t COMPREPLY < <(compgen -P "$prefix" -d -- "$typed")
        compopt -o filenames 2>/dev/null || true
        ;;
    esac
}

_plait() {
    local typed=${COMP_WORDS[COMP_CWORD]} subcommand=${COMP_WORDS[1]} option prefix place value words first=2
    COMPREPLY=()
    if ((COMP_CWORD == 1)) || [[ $subcommand == help ]]; then
        prefix='' value="words $_plait_subcommands"
        if ((COMP_CWORD == 1)); then value+=' --help --version'; fi
        if ((COMP_CWORD == 3)); then
            _plait_verbs "${COMP_WORDS[2]}"
            value="words $words"
        fi
        if ((COMP_CWORD <= 3)); then _plait_offer; fi
        return
    fi
    if [[ $subcommand == version || $subcommand == --version ]]; then
        prefix='' value='words --verbose'
        if ((COMP_CWORD == 2)); then _plait_offer; fi
        return
    fi
    _plait_verbs "$subcommand"
    if [[ -n $words ]]; then
        if ((COMP_CWORD == 2)); then
            prefix='' value="words $words --help"
            _plait_offer
            return
        fi
        subcommand+=" ${COMP_WORDS[2]}" first=3
    fi
    _plait_find_option
    _plait_value "$subcommand" "$option"
    if [[ -z $value && $typed == -* ]]; then
        _plait_options "$subcommand"
        value="words $words"
    elif [[ -z $value ]]; then
        _plait_find_place "$subcommand" "$first"
        _plait_value "$subcommand" "$place"
    fi
    _plait_offer
}

complete -F _plait plait
