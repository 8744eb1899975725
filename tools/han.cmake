# SPDX-License-Identifier: Apache-2.0
# Writes the C++ source OUTPUT, which holds the tables of server/domain/han_table.hpp, out of Unihan as Debian's unicode-data has it:
# READINGS (kMandarin), CODES (kCangjie, kFourCornerCode) and SOURCES (kTotalStrokes), packed files that BZIP2 unpacks. A line that is not as
# expected ends the build.

# fields(FILE FIELD POINTS PREFIX): sets PREFIX_<code point in hexadecimal> to the first value of FIELD for each code point that the pattern
# POINTS fits, and PREFIX_points to all of them, in ascending order.
function(fields file field points prefix)
  execute_process(COMMAND ${BZIP2} -dc ${file} OUTPUT_FILE ${OUTPUT}.txt COMMAND_ERROR_IS_FATAL ANY)
  file(STRINGS ${OUTPUT}.txt lines REGEX "^U.${points}\t${field}\t" ENCODING UTF-8)
  file(REMOVE ${OUTPUT}.txt)
  if(NOT lines)
    message(FATAL_ERROR "${file} has no ${field}")
  endif()
  if(field STREQUAL "kMandarin")
    toneless(lines)
  endif()
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^U.([0-9A-F]+)\t[A-Za-z]+\t([A-Za-z0-9]+)[. ]?")
      message(FATAL_ERROR "${file}: ${line}")
    endif()
    set(${prefix}_${CMAKE_MATCH_1} ${CMAKE_MATCH_2} PARENT_SCOPE)
  endforeach()
  list(TRANSFORM lines REPLACE "^U.([0-9A-F]+).*" "\\1")
  set(${prefix}_points "${lines}" PARENT_SCOPE)
endfunction()

macro(toneless text)
  foreach(pair āa áa ǎa àa ēe ée ěe èe êe ếe ềe īi íi ǐi ìi ōo óo ǒo òo ūu úu ǔu ùu üv ǖv ǘv ǚv ǜv ńn ňn ǹn ḿm)
    string(REGEX REPLACE ".$" "" accented ${pair})
    string(REGEX MATCH ".$" plain ${pair})
    string(REPLACE ${accented} ${plain} ${text} "${${text}}")
  endforeach()
  foreach(mark "̀" "́" "̄" "̌")   # over letters that have no such form of their own
    string(REPLACE "${mark}" "" ${text} "${${text}}")
  endforeach()
endmacro()

set(table_points "(4[EF]|[5-9][0-9A-F])[0-9A-F][0-9A-F]")   # U+4E00 to U+9FFF
fields(${READINGS} kMandarin "[0-9A-F]+" sound)
fields(${CODES} kCangjie ${table_points} shape)
fields(${CODES} kFourCornerCode ${table_points} corners)
fields(${SOURCES} kTotalStrokes ${table_points} strokes)

# Syllables get their numbers as they come; 0 is none.
set(syllables "\"\"")
set(syllable_count 1)
foreach(point IN LISTS sound_points)
  set(syllable ${sound_${point}})
  if(NOT DEFINED number_${syllable})
    set(number_${syllable} ${syllable_count})
    string(APPEND syllables ", \"${syllable}\"")
    math(EXPR syllable_count "${syllable_count} + 1")
  endif()
endforeach()
file(WRITE ${OUTPUT} "// From Unihan, a part of the Unicode Character Database; modified. Copyright (c) Unicode, Inc.; https://www.unicode.org/copyright.html\n"
  "#include \"domain/han_table.hpp\"\nnamespace chayan::domain {\n"
  "static constexpr char syllables[][7] = {${syllables}};\nconst std::span<const char[7]> han_syllables{syllables};\n"
  "static constexpr HanSign signs[] = {\n")

set(row "")
foreach(number RANGE 19968 40959)   # the same
  math(EXPR point "${number}" OUTPUT_FORMAT HEXADECIMAL)
  string(REPLACE 0x "" point ${point})
  string(TOUPPER ${point} point)
  set(corners 0xFFFF)
  if(DEFINED corners_${point})
    string(SUBSTRING ${corners_${point}} 0 4 corners)
    string(PREPEND corners 0x)
  endif()
  set(strokes 0)
  if(DEFINED strokes_${point})
    set(strokes ${strokes_${point}})
  endif()
  set(sound 0)
  if(DEFINED sound_${point})
    set(sound ${number_${sound_${point}}})
  endif()
  string(APPEND row "{letters(\"${shape_${point}}\"),${strokes},${corners},${sound}},\n")
  if(point MATCHES "FF$")   # a long string is slow to lengthen
    file(APPEND ${OUTPUT} "${row}")
    set(row "")
  endif()
endforeach()
file(APPEND ${OUTPUT} "};\nconst std::span<const HanSign> han_signs{signs};\nstatic constexpr std::uint32_t others[] = {\n")

list(FILTER sound_points EXCLUDE REGEX "^${table_points}$")
set(in_row 0)
foreach(point IN LISTS sound_points)
  string(APPEND row "other(0x${point},${number_${sound_${point}}}),\n")
  math(EXPR in_row "(${in_row} + 1) % 256")
  if(in_row EQUAL 0)
    file(APPEND ${OUTPUT} "${row}")
    set(row "")
  endif()
endforeach()
file(APPEND ${OUTPUT} "${row}};\nconst std::span<const std::uint32_t> han_others{others};\n}\n")
