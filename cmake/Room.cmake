include(GoogleTest)

# dskeeper_room(NAME [BELOW room…] [LIBRARIES target…])
#
# Makes the library `dskeeper_NAME` of the folder's .cc files and, from the x_test.cc that stand
# beside them, the test program `dskeeper_NAME_test`. BELOW names the rooms this one may include;
# scripts/check-includes holds the same list against the sources.
function(dskeeper_room NAME)
  cmake_parse_arguments(ROOM "" "" "BELOW;LIBRARIES;TEST_LIBRARIES" ${ARGN})
  file(GLOB SOURCES CONFIGURE_DEPENDS *.cc)
  set(TESTS ${SOURCES})
  list(FILTER SOURCES EXCLUDE REGEX "_test\\.cc$|/main\\.cc$")
  list(FILTER TESTS INCLUDE REGEX "_test\\.cc$")

  set(TARGET dskeeper_${NAME})
  list(TRANSFORM ROOM_BELOW PREPEND dskeeper_)
  if(SOURCES)
    add_library(${TARGET} STATIC ${SOURCES})
    target_include_directories(${TARGET} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${TARGET} PUBLIC ${ROOM_BELOW} PRIVATE ${ROOM_LIBRARIES})
  else()
    add_library(${TARGET} INTERFACE)
    target_include_directories(${TARGET} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${TARGET} INTERFACE ${ROOM_BELOW} ${ROOM_LIBRARIES})
  endif()

  if(DSKEEPER_TESTS AND TESTS)
    add_executable(${TARGET}_test ${TESTS})
    target_link_libraries(${TARGET}_test PRIVATE ${TARGET} ${ROOM_LIBRARIES} ${ROOM_TEST_LIBRARIES}
                          GTest::gtest GTest::gmock GTest::gtest_main)
    # Half the time of compiling goes into optimising tests, which nobody waits for when they run.
    # What they test is optimised as it is released.
    target_compile_options(${TARGET}_test PRIVATE $<$<CONFIG:Release>:-O0;-U_FORTIFY_SOURCE>)
    gtest_discover_tests(${TARGET}_test PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
