# SPDX-License-Identifier: Apache-2.0
# Completion of chayan's words and files. Needs nothing of the bash-completion package but to be loaded by it.
_chayan() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]:-} options=""
    COMPREPLY=()
    case $before in
        --data | --keys) mapfile -t COMPREPLY < <(compgen -d -- "$word") ; return ;;
        --config | --password-file | --recovery-key-file | --keys-file | --wrapping-key | --out | --pairs | --weights) mapfile -t COMPREPLY < <(compgen -f -- "$word") ; return ;;
        --role) mapfile -t COMPREPLY < <(compgen -W "admin manager guard tracer auditor" -- "$word") ; return ;;
        --sheet) mapfile -t COMPREPLY < <(compgen -W "1 2" -- "$word") ; return ;;
        --login | --scope | --basis | --until | --listen | --port | --accept-loss | --id | --map) return ;;
    esac
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "serve reload operator division site person scan backup restore recovery rotate check doctor status inventory sunset link --help" -- "$word")
        return
    fi
    if ((COMP_CWORD == 2)); then
        case $command in
            operator) options=add ;;
            site) options="import export" ;;
            division | person | scan) options=import ;;
            recovery) options="sheets prove" ;;
        esac
    fi
    if [[ -z $options ]]; then
        options="--data --keys --config --help"
        case $command in
            serve) options+=" --listen --port --accept-loss --print-config" ;;
            operator) options+=" --login --role --scope --password-file" ;;
            restore) options+=" --keys-file --recovery-key-file --accept-clock" ;;
            recovery)
                options+=" --recovery-key-file"
                [[ ${COMP_WORDS[2]} == sheets ]] && options+=" --out --sheet" ;;
            rotate) options+=" --wrapping-key" ;;
            status) options+=" --json" ;;
            inventory) options="--config --help" ;;
            person) options+=" --basis --until" ;;
            sunset) options+=" --confirm" ;;
            link) options="--id --map --out --pairs --weights --help" ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    if [[ $word != -* && ${#COMPREPLY[@]} -eq 0 ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$word"); fi
}
complete -o filenames -F _chayan chayan
