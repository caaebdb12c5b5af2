# Writes OUT, a C file that defines the lists of base/embed.h from the data
# files below SOURCE_DIR. Run in script mode while building:
#     cmake -DSOURCE_DIR=... -DOUT=... [-DLESSONS=folder] -P embed.cmake
cmake_minimum_required(VERSION 3.25)

set(text "/* Made by src/build/embed.cmake from the data files. */\n")
string(APPEND text "#include \"sockstage/base/embed.h\"\n")

# embed_list(LIST PATTERN COMPONENT): COMPONENT as of get_filename_component.
function(embed_list list pattern component)
    set(bodies "")
    set(rows "")
    set(number 0)
    file(GLOB paths "${SOURCE_DIR}/${pattern}")
    list(SORT paths)
    foreach(path IN LISTS paths)
        get_filename_component(name "${path}" ${component})
        file(READ "${path}" hex HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
        string(REGEX REPLACE "(................................................................................)"
            "\\1\n    " bytes "${bytes}")
        string(APPEND bodies "\nstatic const unsigned char "
            "${list}_${number}[] = {\n    ${bytes}0};\n")
        string(APPEND rows "    {\"${name}\", (const char *)${list}_${number}, "
            "sizeof ${list}_${number} - 1},\n")
        math(EXPR number "${number} + 1")
    endforeach()
    set(text "${text}${bodies}\nconst struct embed_file ${list}[] = {\n${rows}    {NULL, NULL, 0},\n};\n"
        PARENT_SCOPE)
endfunction()

# embed_sha256(VARIABLE FILE): its SHA-256 in base64 (RFC 4648, section 4), as a
# Content-Security-Policy has it. Six hexadecimal digits are four letters.
function(embed_sha256 variable file)
    set(alphabet
        ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
    file(SHA256 "${SOURCE_DIR}/${file}" hex)
    set(base64 "")
    foreach(begin RANGE 0 60 6)
        string(SUBSTRING "${hex}0000" ${begin} 6 digits)
        foreach(shift 18 12 6 0)
            math(EXPR place "(0x${digits} >> ${shift}) & 63")
            string(SUBSTRING "${alphabet}" ${place} 1 letter)
            string(APPEND base64 "${letter}")
        endforeach()
    endforeach()
    # 32 bytes are 43 letters and one to fill up.
    string(SUBSTRING "${base64}" 0 43 base64)
    set(text "${text}\nconst char ${variable}[] = \"${base64}=\";\n"
        PARENT_SCOPE)
endfunction()

if(NOT LESSONS)
    set(LESSONS src/lessons)
endif()
embed_list(embed_themes "themes/*.ini" NAME_WLE)
embed_list(embed_lessons "${LESSONS}/*.stage" NAME_WLE)
embed_list(embed_page "src/report/page/*" NAME)
embed_list(embed_prelude "src/report/prelude/*" NAME)
embed_sha256(embed_page_script_sha256 "src/report/page/page.js")
file(WRITE "${OUT}" "${text}")
