# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/run and tools/test: installs what is missing of tools/packages, and nothing when all is there.

# packages_of SECTION...: the names listed in those sections of tools/packages.
packages_of() {
    local wanted=" $* " section="" line name
    while IFS= read -r line; do
        line=${line%%#*}
        case $line in
            '['*']'*) section=${line#[}; section=${section%%]*} ;;
            *)
                read -r name _ <<< "$line"
                if [[ -n $name && $wanted == *" $section "* ]]; then
                    echo "$name"
                fi
                ;;
        esac
    done < tools/packages
}

# missing_packages SECTION...: those of them that dpkg does not know as installed, and that are no command here either: Node.js from
# elsewhere brings an npm of its own and keeps Debian's away.
missing_packages() {
    local name
    for name in $(packages_of "$@"); do
        if [[ $(dpkg-query -W -f '${Status}' "$name" 2> /dev/null) != "install ok installed" ]] && ! command -v "$name" > /dev/null; then
            echo "$name"
        fi
    done
}

# install_packages SECTION...: by apt-get, as root or through sudo; ends the command when neither is there.
install_packages() {
    if ! command -v dpkg-query > /dev/null; then
        echo "这不是 Debian 系统；请自行安装 tools/packages 里列出的软件包。" >&2
        echo "This is not Debian; install what tools/packages lists by your own means. Going on." >&2
        return 0
    fi
    local missing as_root=()
    missing=$(missing_packages "$@")
    [[ -z $missing ]] && return 0
    missing=${missing//$'\n'/ }
    if [[ $(id -u) -ne 0 ]]; then
        if ! command -v sudo > /dev/null; then
            echo "缺少软件包：$missing" >&2
            echo "当前用户不是 root，也没有 sudo。请让管理员执行：apt-get install --no-install-recommends $missing" >&2
            echo "Packages are missing: $missing" >&2
            echo "You are not root and there is no sudo. Ask an administrator to run the apt-get line above." >&2
            exit 1
        fi
        as_root=(sudo)
    fi
    echo "安装软件包 / installing: $missing"
    "${as_root[@]}" apt-get update -q < /dev/null
    # shellcheck disable=SC2086  # a list of names
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $missing < /dev/null
}

# build_jobs: one for each core, and no more than the free memory carries (a file with Beast takes 2 GiB).
build_jobs() {
    local cores memory_kib
    cores=$(nproc)
    memory_kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
    local fits=$((memory_kib / (2 * 1024 * 1024)))
    ((fits < 1)) && fits=1
    echo $((fits < cores ? fits : cores))
}
