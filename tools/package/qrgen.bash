# SPDX-License-Identifier: Apache-2.0
_qrgen() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $before in
        --format) mapfile -t COMPREPLY < <(compgen -W "pdf svg png" -- "$word") ; return ;;
        --sheet) mapfile -t COMPREPLY < <(compgen -W "a4 a3 a5x2 a6x4 lane" -- "$word") ; return ;;
        --lang) mapfile -t COMPREPLY < <(compgen -W "zh en zh+en" -- "$word") ; return ;;
        --direction) mapfile -t COMPREPLY < <(compgen -W "any in out pass" -- "$word") ; return ;;
        --level) mapfile -t COMPREPLY < <(compgen -W "m q h" -- "$word") ; return ;;
        --fonts) mapfile -t COMPREPLY < <(compgen -d -- "$word") ; return ;;
        --hotline | --issuer | --date) return ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--sites --cards --recovery-sheet --out --format --sheet --lang --direction --level --split --check --whole --register
            --packing-list --manifest --rejected --divisions --hotline --issuer --date --fonts --help" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _qrgen qrgen
