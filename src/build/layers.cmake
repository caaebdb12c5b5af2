# Functions that turn the folders of src/ into libraries. A layer sees the
# public headers, its own folder, and src/ for the .def tables; it links only
# the layers that ARCHITECTURE allows it, so that a call through a forbidden
# edge fails to link (tests/lint checks the includes).

# sockstage_layer(NAME [LAYERS layer...] [EXTERNAL target...] [SOURCES file...])
function(sockstage_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LAYERS;EXTERNAL;SOURCES")
    list(TRANSFORM arg_LAYERS PREPEND sockstage_)
    file(GLOB sources CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/src/${name}/*.c)
    if(name STREQUAL "app")
        list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/src/app/main.c)
    endif()
    list(APPEND sources ${arg_SOURCES})
    if(NOT sources)
        add_library(sockstage_${name} INTERFACE)
        target_link_libraries(sockstage_${name} INTERFACE ${arg_LAYERS})
        target_include_directories(sockstage_${name} INTERFACE
            ${PROJECT_SOURCE_DIR}/include)
        return()
    endif()
    add_library(sockstage_${name} STATIC ${sources})
    target_include_directories(sockstage_${name}
        PUBLIC ${PROJECT_SOURCE_DIR}/include
        PRIVATE ${PROJECT_SOURCE_DIR}/src/${name} ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(sockstage_${name}
        PRIVATE sockstage_flags
        PUBLIC ${arg_LAYERS} ${arg_EXTERNAL})
endfunction()

# Compiles src/po/<lang>.po to <build>/locale/<lang>/LC_MESSAGES/sockstage.mo
# and installs it; `po-update` refreshes the .po files from the sources.
function(sockstage_translations)
    file(GLOB catalogs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/po/*.po)
    if(NOT catalogs)
        add_custom_target(translations)
        return()
    endif()
    find_program(MSGFMT msgfmt REQUIRED)
    set(compiled "")
    foreach(catalog IN LISTS catalogs)
        get_filename_component(lang ${catalog} NAME_WE)
        set(folder ${PROJECT_BINARY_DIR}/locale/${lang}/LC_MESSAGES)
        file(MAKE_DIRECTORY ${folder})
        add_custom_command(OUTPUT ${folder}/sockstage.mo
            COMMAND ${MSGFMT} --check -o ${folder}/sockstage.mo ${catalog}
            DEPENDS ${catalog} VERBATIM)
        list(APPEND compiled ${folder}/sockstage.mo)
    endforeach()
    add_custom_target(translations ALL DEPENDS ${compiled})
    install(DIRECTORY ${PROJECT_BINARY_DIR}/locale/
        DESTINATION ${CMAKE_INSTALL_LOCALEDIR})
    add_custom_target(po-update
        COMMAND sh ${PROJECT_SOURCE_DIR}/src/build/po-update
            ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
        VERBATIM)
endfunction()
