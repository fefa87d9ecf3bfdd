# What every target of ours is compiled with. Interface targets, never global flags: a library that
# is built beside us keeps its own.

add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Wunused
  -Woverloaded-virtual -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2
  -Wimplicit-fallthrough -Wnull-dereference
  $<$<CXX_COMPILER_ID:GNU>:-Wmisleading-indentation -Wduplicated-cond -Wduplicated-branches
    -Wlogical-op -Wuseless-cast -Wsuggest-override>
  $<$<BOOL:${AIRFLOW_HOST_WARNINGS_AS_ERRORS}>:-Werror>)

add_library(project_hardening INTERFACE)
target_compile_options(project_hardening INTERFACE
  -fstack-protector-strong -fstack-clash-protection -fPIE
  $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>)
target_compile_definitions(project_hardening INTERFACE _GLIBCXX_ASSERTIONS)
if(NOT AIRFLOW_HOST_SANITIZERS)
  target_compile_definitions(project_hardening INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
target_link_options(project_hardening INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(project_options INTERFACE project_warnings project_hardening)
if(AIRFLOW_HOST_SANITIZERS)
  target_compile_options(project_options INTERFACE
    -fsanitize=${AIRFLOW_HOST_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_options INTERFACE -fsanitize=${AIRFLOW_HOST_SANITIZERS})
endif()

if(AIRFLOW_HOST_FUZZERS)
  # Coverage feedback for libFuzzer in every library; the fuzz targets alone link its main().
  target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# add_room(NAME SOURCES ... LIBRARIES ...): one static library per room of the house.
function(add_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC project_options ${ROOM_LIBRARIES})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()
