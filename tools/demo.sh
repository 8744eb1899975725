# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/run --demo: a town of invented people in a folder of its own, operators of each role, and questions to paste.
# What it makes: DEMO/data (the service's), DEMO/town (the files that were imported, and the truth), DEMO/passwords, DEMO/recovery-key,
# DEMO/questions.sh. `tools/run --demo --throw-away` removes DEMO, and nothing else.

programs=build/release

# random_password: 15 characters of 32 that cannot be mistaken for each other.
random_password() {
    local text
    text=$(head -c 4096 /dev/urandom | LC_ALL=C tr -dc 'a-hjkmnp-z2-9' | head -c 15)
    [[ ${#text} -eq 15 ]] || return 1
    printf '%s-%s-%s\n' "${text:0:5}" "${text:5:5}" "${text:10:5}"
}

# field FILE NAME: the column of that name in a CSV file whose values have no commas before it, one value a line.
field() {
    awk -F, -v name="$2" 'NR == 1 { sub(/\r$/, ""); for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$1"
}

# make_demo DEMO PEOPLE: everything but the running server. Done whole or not at all.
make_demo() {
    local demo=$1 people=$2 making=$1.making role what
    rm -rf "$making"
    mkdir -p "$making"
    chmod 700 "$making"
    echo "生成演示小城，$people 人、7 天 / making a town of $people people and 7 days ..."
    "$programs/town" --people "$people" --days 7 --seed 2020 --out "$making/town"
    : > "$making/log"
    for what in division site person scan; do
        local file=$making/town/${what}s.csv
        [[ $what == person ]] && file=$making/town/people.csv
        "$programs/chayan" "$what" import --data "$making/data" "$file" 2> >(tee -a "$making/log" >&2)
    done
    grep -Eo '[0-9a-z]{4}(-[0-9a-z]{4}){12}' "$making/log" | head -1 > "$making/recovery-key" || true
    rm -f "$making/log"
    for role in admin manager guard tracer auditor; do
        random_password > "$making/password"
        printf '%-8s %s\n' "$role" "$(cat "$making/password")" >> "$making/passwords"
        "$programs/chayan" operator add --data "$making/data" --login "$role" --role "$role" --password-file "$making/password"
    done
    rm -f "$making/password"
    date -u -d '-8 days' +%FT%TZ > "$making/from"   # before all that was made
    mv "$making" "$demo"
}

# show_demo DEMO PORT: writes DEMO/questions.sh for this port, and prints what to do first.
show_demo() {
    local demo=$1 port=$2 site code index document
    # What it warns of, posters that lead to localhost, is what a demonstration wants.
    if ! "$programs/chayan" site export --data "$demo/data" > "$demo/sites.csv.new" 2> "$demo/warnings"; then
        cat "$demo/warnings" >&2
        return 1
    fi
    mv "$demo/sites.csv.new" "$demo/sites.csv"
    rm -f "$demo/warnings"
    # A shop whose poster leaves the direction open.
    IFS=, read -r site code < <(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["category"] == "shop" && $at["direction"] == "any" { print $at["ref"] "," $at["code"]; exit }' "$demo/sites.csv")
    index=$(field "$demo/town/truth/infections.csv" ref | head -1)
    document=$(awk -F, -v ref="$index" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["ref"] == ref { print $at["document_number"]; exit }' \
        "$demo/town/people.csv")
    {
        echo "# Made by tools/run --demo. Sourced by a shell: logs in as the tracer and knows the first questions."
        printf 'A=https://127.0.0.1:%s/api/v1 SHOP=%s INDEX=%s CASE=DEMO-1\n' "$port" "$site" "$document"
        printf 'PASSWORD=%s FROM=%s\n' "$(awk '$1 == "tracer" { print $2 }' "$demo/passwords")" "$(cat "$demo/from")"
        cat << 'SHELL'
JSON='Content-Type: application/json'
soon() { date -u -d '+1 minute' +%FT%TZ; }
TOKEN=$(curl -skS "$A/session" -H "$JSON" -d "{\"login\":\"tracer\",\"password\":\"$PASSWORD\"}" | sed 's/.*"token":"\([^"]*\)".*/\1/')
call() { curl -skS -H "Authorization: Bearer $TOKEN" "$@"; echo; }
# who passed SITE in the last hour
passed() { call -G "$A/sites/$1/passages" --data-urlencode "case=$CASE" --data-urlencode "from=$(date -u -d '-1 hour' +%FT%TZ)" --data-urlencode "to=$(soon)"; }
# the id of the only one whom NUMBER names; where ID was; who was with ID for a quarter of an hour
person() { call "$A/people/search" -H "$JSON" -d "{\"case\":\"$CASE\",\"document\":{\"type\":\"id\",\"number\":\"$1\"}}" | grep -o '"id":"[^"]*"' | cut -d '"' -f 4 | only_one; }
only_one() { local ids; ids=$(cat); [ "$(echo "$ids" | wc -w)" = 1 ] && echo "$ids" || { echo "不是恰好一人 / not exactly one person: ${ids:-none}" >&2; return 1; }; }
where_was() { call -G "$A/people/$1/trajectory" --data-urlencode "case=$CASE" --data-urlencode "from=$FROM" --data-urlencode "to=$(soon)"; }
with_whom() { call "$A/traces" -H "$JSON" -d "{\"case\":\"$CASE\",\"index\":[{\"person\":\"$1\"}],\"from\":\"$FROM\",\"to\":\"$(soon)\",\"min_overlap_s\":900}"; }
# of whom it is doubted whether they are one person; what is said of REVIEW (same or distinct); and that taken back
doubts() { call "$A/reviews"; }
decide() { call "$A/reviews/$1" -H "$JSON" -d "{\"decision\":\"$2\",\"note\":\"演示\"}"; }
take_back() { call -X POST "$A/reviews/$1/undo"; }
[ "${#TOKEN}" -gt 20 ] && [ "${#TOKEN}" -lt 200 ] || echo "登录失败：服务没有开着？ / No session: does the server run on $A ?" >&2
call "$A/cases" -H "$JSON" -d "{\"number\":\"$CASE\",\"title\":\"演示\",\"purpose\":\"试用\"}" > /dev/null
SHELL
    } > "$demo/questions.sh"
    chmod 600 "$demo/questions.sh"
    cat << TEXT

演示小城 / demonstration town: $demo   （全是虚构的人 / everybody in it is invented）
  扫码 / scan:          https://localhost:$port/s/$code   （自签名证书，浏览器会提示 / self-signed: the browser will ask）
  我的记录 / my record: https://localhost:$port/me            扫过码的浏览器里 / in the browser that scanned
  值守台 / guard desk:  https://localhost:$port/gate          检测点 / sites: /sites   流调 / tracing: /trace   网格办 / grid office: /desk
  管理 / administration: https://localhost:$port/admin        接口说明 / HTTP interface: /docs
  查询 / ask:           . ${demo#"$PWD/"}/questions.sh      在另一个终端里 / in a second terminal
                        passed \$SHOP                     谁刚来过这家店 / who passed that shop just now
                        with_whom \$(person \$INDEX)       和首例病例在一起的人 / whom the index case was with
                        doubts                           谁和谁可能是同一人 / who may be one person
  真相 / the truth:     ${demo#"$PWD/"}/town/truth
  密码 / passwords:
$(sed 's/^/    /' "$demo/passwords")
  删掉它 / throw it away: tools/run --demo --throw-away
TEXT
}
