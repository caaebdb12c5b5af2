# Writes OUT, a C file that defines the lists of base/embed.h from the data
# files below SOURCE_DIR. Run in script mode while building:
#     cmake -DSOURCE_DIR=... -DOUT=... [-DLESSONS=folder] -P embed.cmake
cmake_minimum_required(VERSION 3.25)

set(text "/* Made by src/build/embed.cmake from the data files. */\n")
string(APPEND text "#include \"sockstage/base/embed.h\"\n")

function(embed_list list pattern)
    set(bodies "")
    set(rows "")
    set(number 0)
    file(GLOB paths "${SOURCE_DIR}/${pattern}")
    list(SORT paths)
    foreach(path IN LISTS paths)
        get_filename_component(name "${path}" NAME_WLE)
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

if(NOT LESSONS)
    set(LESSONS src/lessons)
endif()
embed_list(embed_themes "themes/*.ini")
embed_list(embed_lessons "${LESSONS}/*.stage")
file(WRITE "${OUT}" "${text}")
